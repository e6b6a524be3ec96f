package io.lossledger.standalone.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.standalone.Main;
import io.lossledger.standalone.terminal.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A setting of Kafka's clients that does not exist, in every command that takes some. */
@Timeout(60)
class WrongSettingTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("commandsThatTakeSettings")
    void isNamedOnOneLineWithExitCodeTwo(String command) throws Exception {
        Path settings = Files.writeString(directory.resolve("wrong.properties"), "security.protocol=NONSENSE\n");
        List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.addAll(required(command));
        arguments.addAll(List.of("--kafka-config", settings.toString()));
        CommandLine line = Main.commandLine();
        StringWriter errors = new StringWriter();
        line.setErr(new PrintWriter(errors, true));
        line.setOut(new PrintWriter(new StringWriter(), true));

        int exitCode = line.execute(arguments.toArray(String[]::new));

        assertThat(errors.toString().strip().lines())
                .singleElement()
                .asString()
                .startsWith("lossledger: --kafka-config: must hold settings that Kafka's clients know. Found: ")
                .contains("security.protocol");
        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @MethodSource("commandsThatTakeSettings")
    void aFileThatIsMissingIsNamedOnOneLineWithExitCodeTwo(String command) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.addAll(required(command));
        arguments.addAll(
                List.of("--kafka-config", directory.resolve("none.properties").toString()));
        CommandLine line = Main.commandLine();
        StringWriter errors = new StringWriter();
        line.setErr(new PrintWriter(errors, true));
        line.setOut(new PrintWriter(new StringWriter(), true));

        assertThat(line.execute(arguments.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
        assertThat(errors.toString().strip().lines())
                .singleElement()
                .asString()
                .startsWith("lossledger: --kafka-config: must be a readable properties file. Found: ");
    }

    @Test
    void concernsMostCommands() {
        assertThat(commandsThatTakeSettings()).contains("train", "process", "live", "runs delete", "sql");
    }

    static Stream<String> commandsThatTakeSettings() {
        return below("", Main.commandLine())
                .filter(command -> at(command).getCommandSpec().optionsMap().containsKey("--kafka-config"))
                .filter(command -> !command.equals("rights")); // it does not connect
    }

    private static Stream<String> below(String path, CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .flatMap(sub -> Stream.concat(
                        Stream.of((path + " " + sub.getKey()).strip()),
                        below(path + " " + sub.getKey(), sub.getValue())));
    }

    private static CommandLine at(String command) {
        CommandLine line = Main.commandLine();
        for (String name : command.split(" ", -1)) {
            line = Objects.requireNonNull(line.getSubcommands().get(name));
        }
        return line;
    }

    /** Something for each parameter that has to be given. */
    private List<String> required(String command) throws Exception {
        List<String> values = new ArrayList<>();
        for (PositionalParamSpec parameter : at(command).getCommandSpec().positionalParameters()) {
            if (parameter.arity().min() > 0 || parameter.required()) {
                values.add(
                        switch (parameter.paramLabel()) {
                            case "FILE" -> directory.resolve("file").toString();
                            case "TOPIC" -> "layer";
                            case "SQL" -> "select count(*) from steps";
                            default -> "x";
                        });
            }
        }
        for (ArgGroupSpec oneOf : at(command).getCommandSpec().argGroups()) {
            if (oneOf.multiplicity().min() > 0) {
                values.addAll(List.of(oneOf.options().get(0).longestName(), "x"));
            }
        }
        return values;
    }
}
