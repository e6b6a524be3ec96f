package io.lossledger.tests;

import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.lossledger.standalone.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;

/** Each {@code lossledger} command that a document or a help text shows is one, and each that exists is shown. */
class DocumentedCommandsTest {
    private static final Path SETTINGS = Documents.ROOT.resolve("docs/settings.md");

    static List<ShownCommand> shown() throws IOException {
        return ShownCommand.all();
    }

    @ParameterizedTest
    @MethodSource("shown")
    void whatIsShownCanBeCalled(ShownCommand command) {
        try {
            CommandTree.parse(command.words());
        } catch (MissingParameterException e) {
            assertThat(command.isWhole()).as(e.getMessage()).isFalse();
        }
    }

    @Test
    void documentsAndHelpWereRead() throws IOException {
        List<String> places = shown().stream().map(ShownCommand::place).toList();
        assertThat(places)
                .hasSizeGreaterThan(80)
                .anyMatch(place -> place.startsWith("examples/own-training/README.md"));
        for (CommandLine command : CommandTree.all()) {
            if (command.getCommandSpec().usageMessage().footer().length > 0) {
                assertThat(places).contains("lossledger " + CommandTree.name(command) + " --help");
            }
        }
    }

    @Test
    void everyCommandThatIsWrittenCanBeReached() {
        Set<Class<?>> written = new ClassFileImporter()
                .importPackages(Main.class.getPackageName()).that(annotatedWith(Command.class)).stream()
                        .map(JavaClass::reflect)
                        .collect(Collectors.toSet());
        List<Class<?>> reached = new ArrayList<>();
        for (CommandLine command : CommandTree.all()) {
            reached.add(command.getCommandSpec().userObject().getClass());
        }
        assertThat(written).hasSizeGreaterThan(20);
        assertThat(reached).containsAll(written);
    }

    static List<String> names() {
        return CommandTree.all().stream()
                .map(CommandTree::name)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyCommandStandsInTheTableOfCommands(String name) throws IOException {
        assertThat(Documents.table(SETTINGS, "## Commands").stream()
                        .flatMap(row -> Documents.spans(row.get(0)).stream()))
                .contains("lossledger " + name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyCommandHasHelpAndAnExample(String name) {
        CommandLine root = Main.commandLine();
        StringWriter help = new StringWriter();
        root.setOut(new PrintWriter(help));
        assertThat(root.execute((name + " --help").split(" "))).isZero();
        assertThat(help.toString()).contains("Usage: lossledger " + name);
        CommandLine command = CommandTree.named(name);
        assertThat(help + CommandTree.help(command.getParent())).contains("  lossledger " + name);
        for (OptionSpec option : CommandTree.options(command)) {
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
        }
    }

    /** They are format strings; a lone % makes Picocli warn. */
    @ParameterizedTest
    @MethodSource("names")
    void everyTextOfHelpIsAFormat(String name) {
        CommandLine command = CommandTree.named(name);
        List<String> texts =
                new ArrayList<>(List.of(command.getCommandSpec().usageMessage().description()));
        texts.addAll(List.of(command.getCommandSpec().usageMessage().footer()));
        CommandTree.options(command).forEach(option -> texts.addAll(List.of(option.description())));
        for (String text : texts) {
            assertThatCode(() -> String.format(text)).as(text).doesNotThrowAnyException();
        }
    }

    @Test
    void theMessageWithoutACommandNamesAll() {
        CommandLine root = Main.commandLine();
        StringWriter errors = new StringWriter();
        root.setErr(new PrintWriter(errors));
        assertThat(root.execute()).isEqualTo(2);
        String all = String.join(", ", root.getSubcommands().keySet());
        assertThat(errors.toString()).contains("a command is missing: " + all.replaceFirst(", (\\w+)$", " or $1"));
    }
}
