package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The README's table of settings names each option of each command, where it is, and its default. */
class DocumentedSettingsTest {
    private static final Path README = Documents.ROOT.resolve("README.md");
    private static final Pattern OPTION = Pattern.compile("--(?:\\[no-])?[a-z0-9-]+");
    private static final Pattern WORD = Pattern.compile("[\\w./:-]*\\w\\.?(?![\\w.])");
    /** None, off, no limit. */
    private static final String SAID_IN_WORDS = "|true|false|0|-1";

    private static final Pattern EXCEPT = Pattern.compile("all but (.*)");

    /** A row of the table. */
    record Setting(List<String> options, List<CommandLine> commands, String defaults) {
        @Override
        public String toString() {
            return options + " of " + commands.stream().map(CommandTree::name).toList();
        }
    }

    private static List<Setting> settings = List.of();

    @BeforeAll
    static void readTheTable() throws IOException {
        settings = Documents.table(README, "## Settings").stream()
                .filter(row -> !row.get(1).equals("environment"))
                .map(row -> new Setting(options(row.get(0)), commands(row.get(1)), row.get(2)))
                .toList();
    }

    static List<Setting> settings() {
        return settings;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void isAnOptionWhereTheTableSaysSo(Setting setting) {
        assertThat(setting.options()).isNotEmpty();
        for (CommandLine command : setting.commands()) {
            for (String option : setting.options()) {
                assertThat(command.getCommandSpec().findOption(option))
                        .as("%s of %s", option, CommandTree.name(command))
                        .isNotNull();
            }
        }
    }

    /** The cell gives the real defaults, in the order of the options. */
    @ParameterizedTest
    @MethodSource("settings")
    void hasTheDefaultThatTheTableSays(Setting setting) {
        String said = setting.defaults().replaceAll("(?<=\\d),(?=\\d{3})", "");
        for (CommandLine command : setting.commands()) {
            int from = 0;
            for (String name : setting.options()) {
                for (String value : defaults(command.getCommandSpec().findOption(name))) {
                    Matcher word = WORD.matcher(said);
                    boolean found = word.find(from);
                    while (found && !isSame(value, word.group())) {
                        found = word.find();
                    }
                    assertThat(found)
                            .as("%s of %s: %s", name, CommandTree.name(command), value)
                            .isTrue();
                    from = word.end();
                }
            }
        }
    }

    private static List<String> defaults(OptionSpec option) {
        String value = option.defaultValue() == null ? "" : option.defaultValue();
        return value.matches(SAID_IN_WORDS) ? List.of() : List.of(value.split(","));
    }

    private static boolean isSame(String one, String other) {
        String number = "\\d+(\\.\\d+)?([eE]-?\\d+)?";
        boolean numbers = one.matches(number) && other.matches(number);
        return numbers ? Double.parseDouble(one) == Double.parseDouble(other) : one.equals(other);
    }

    static List<String> commandsWithSettings() {
        return CommandTree.all().stream()
                .filter(command -> command.getSubcommands().isEmpty())
                .map(CommandTree::name)
                .filter(name -> !name.startsWith("bench ")) // their options are listed in their help alone
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commandsWithSettings")
    void everyOptionStandsInTheTable(String name) {
        Set<String> missing = new TreeSet<>();
        CommandTree.options(CommandTree.named(name)).forEach(option -> missing.add(option.longestName()));
        for (Setting setting : settings) {
            if (setting.commands().stream()
                    .anyMatch(command -> CommandTree.name(command).equals(name))) {
                missing.removeAll(setting.options());
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void settingsOfTheEnvironmentAreRead() throws IOException {
        String readers = Files.readString(Documents.ROOT.resolve("lossledger"))
                + Files.readString(Documents.ROOT.resolve("standalone/src/main/app/bin/lossledger"))
                + Files.readString(Documents.ROOT.resolve("standalone/src/main/resources/log4j2.xml"));
        List<String> names = Documents.table(README, "## Settings").stream()
                .filter(row -> row.get(1).equals("environment"))
                .flatMap(row -> Documents.spans(row.get(0)).stream())
                .toList();
        assertThat(names).hasSizeGreaterThan(3).allMatch(readers::contains);
    }

    private static List<String> options(String cell) {
        List<String> options = new ArrayList<>();
        for (String span : Documents.spans(cell)) {
            Matcher option = OPTION.matcher(span);
            if (option.lookingAt()) {
                options.add(option.group().replace("[no-]", ""));
            }
        }
        return options;
    }

    /** Groups of commands stand for all below them. */
    private static List<CommandLine> commands(String cell) {
        Matcher except = EXCEPT.matcher(cell);
        Set<String> names = Set.of((except.matches() ? except.group(1) : cell).split(", "));
        if (!except.matches()) {
            names.forEach(CommandTree::named);
        }
        return CommandTree.all().stream()
                .filter(command -> command.getSubcommands().isEmpty())
                .filter(command -> isOneOf(names, command) != except.matches())
                .toList();
    }

    private static boolean isOneOf(Set<String> names, CommandLine command) {
        String name = CommandTree.name(command);
        return names.stream().anyMatch(one -> name.equals(one) || name.startsWith(one + " "));
    }
}
