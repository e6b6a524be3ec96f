package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Keeps {@code docs/settings.md} equal to the commands and their options, and the exit codes of {@code docs/operating.md} to theirs. */
class SettingsPageTest {
    private static final Path PAGE = Documents.ROOT.resolve("docs/settings.md");
    private static final GeneratedTables GENERATED = new GeneratedTables(PAGE, "SettingsPageTest");

    /** The description says them in words: none, off, no limit. */
    private static final List<String> SAID_IN_WORDS = List.of("true", "false", "0", "-1");

    @BeforeAll
    static void rewritesTheTablesWhenAsked() throws IOException {
        GENERATED.rewriteWhenAsked(tables());
    }

    @Test
    void thePageShowsTheCommandsAsTheyAre() throws IOException {
        GENERATED.assertShows(tables());
    }

    static List<String> names() {
        return CommandTree.all().stream().map(CommandTree::name).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theHelpNamesTheRealDefaults(String name) {
        for (OptionSpec option : CommandTree.options(CommandTree.named(name))) {
            String value = option.defaultValue();
            if (value != null && !SAID_IN_WORDS.contains(value)) {
                assertThat(SettingsTables.defaultOf(option))
                        .as(name + " " + option.longestName())
                        .contains(value);
            }
        }
    }

    @Test
    void variablesOfTheEnvironmentAreRead() throws IOException {
        String readers = Files.readString(Documents.ROOT.resolve("lossledger"))
                + Files.readString(Documents.ROOT.resolve("standalone/src/main/app/bin/lossledger"))
                + Files.readString(Documents.ROOT.resolve("standalone/src/main/resources/log4j2.xml"));
        List<String> names = Documents.table(PAGE, "## Environment variables").stream()
                .flatMap(row -> Documents.spans(row.get(0)).stream())
                .toList();
        assertThat(names).hasSizeGreaterThan(3).allMatch(readers::contains);
    }

    @Test
    void exitCodesAreThoseOfTheHelp() throws IOException {
        CommandLine root = CommandTree.all().get(0);
        assertThat(Documents.table(Documents.ROOT.resolve("docs/operating.md"), "## Exit codes").stream()
                        .map(row -> row.get(0)))
                .isNotEmpty()
                .containsExactlyElementsOf(
                        root.getCommandSpec().usageMessage().exitCodeList().keySet());
    }

    private static String tables() {
        return '\n' + SettingsTables.render() + '\n';
    }
}
