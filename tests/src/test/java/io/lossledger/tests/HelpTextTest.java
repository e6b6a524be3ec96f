package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** The help of every command, as a terminal with 80 columns shows it. */
class HelpTextTest {
    private static final int COLUMNS = 80;
    private static final Pattern OPTION = Pattern.compile(" {2}(?:-\\w, | {4})(--[\\w\\[\\]-]+).*");
    private static final Pattern HEADING = Pattern.compile("[A-Z][\\w ]+:");
    /** Sentences, then the default, whose last character may be a part of it. */
    private static final Pattern DESCRIPTION = Pattern.compile("(?s)[A-Z0-9].*?[.](?: Default: \\S.*)?");

    private static final Pattern DEFAULT_WITH_FULL_STOP = Pattern.compile("(?s).*Default: .*[^.]\\.");

    static List<String> names() {
        return CommandTree.all().stream().map(CommandTree::name).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void noLineIsWiderThanTheTerminal(String name) {
        assertThat(lines(name)).allMatch(line -> line.codePointCount(0, line.length()) <= COLUMNS);
    }

    /** What a terminal would show on two lines is no longer a command to copy. */
    @ParameterizedTest
    @MethodSource("names")
    void textsBelowTheOptionsAreNotBroken(String name) {
        String[] footer =
                CommandTree.named(name).getCommandSpec().usageMessage().footer();
        assertThat(lines(name))
                .containsAll(Stream.of(footer).map(String::format).toList());
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyOptionAndArgumentIsDescribedBySentences(String name) {
        CommandLine command = CommandTree.named(name);
        assertThat(Stream.concat(
                        CommandTree.options(command).stream(),
                        command.getCommandSpec().positionalParameters().stream()))
                .allSatisfy(argument -> assertThat(description(argument))
                        .as(argument.toString())
                        .matches(DESCRIPTION)
                        .satisfiesAnyOf(
                                text -> assertThat(text).doesNotMatch(DEFAULT_WITH_FULL_STOP),
                                text -> assertThat(text).endsWith(" Default: lossledger.")));
    }

    /** Each option once, alphabetically under its heading, options that all commands have last. */
    @ParameterizedTest
    @MethodSource("names")
    void everyOptionHasAHeading(String name) {
        List<String> options = lines(name).stream()
                .filter(line ->
                        OPTION.matcher(line).matches() || HEADING.matcher(line).matches())
                .map(line -> OPTION.matcher(line).replaceAll("$1"))
                .toList();
        assertThat(options.get(0)).matches(HEADING);
        assertThat(options).containsSequence("Help:", "--help", "--version").doesNotHaveDuplicates();
        assertThat(options)
                .containsAll(CommandTree.options(CommandTree.named(name)).stream()
                        .map(option -> option.negatable()
                                ? option.longestName().replace("--", "--[no-]")
                                : option.longestName())
                        .toList());
    }

    @Test
    void optionsThatSeveralCommandsShareAreUnderOneHeading() {
        assertThat(heading("demo", "--network")).isEqualTo("Network and optimizer:");
        assertThat(heading("train", "--kafka-config")).isEqualTo("Kafka:");
        assertThat(heading("sql", "--kafka-config")).isEqualTo("Kafka:");
        assertThat(heading("demo", "--http-port")).isEqualTo("HTTP:");
        assertThat(heading("train", "--http-port")).isEqualTo("HTTP:");
        assertThat(heading("replay", "--window")).isEqualTo("Results:");
        assertThat(heading("replay", "--to")).isEqualTo("Options:");
    }

    private static String heading(String name, String option) {
        String heading = "";
        for (String line : lines(name)) {
            if (HEADING.matcher(line).matches()) {
                heading = line;
            } else if (OPTION.matcher(line).replaceAll("$1").equals(option)) {
                return heading;
            }
        }
        throw new AssertionError(name + " " + option + ": must be in its help");
    }

    /** With its default, as help shows it. */
    private static String description(ArgSpec argument) {
        return String.join(" ", argument.description());
    }

    private static List<String> lines(String name) {
        return CommandTree.help(CommandTree.named(name)).lines().toList();
    }
}
