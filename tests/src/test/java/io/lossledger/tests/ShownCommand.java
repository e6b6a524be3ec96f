package io.lossledger.tests;

import io.lossledger.tests.Documents.Shown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A {@code lossledger} command as documents and help show it.
 *
 * @param place where it is shown
 * @param words its arguments, as a shell takes them apart
 * @param isWhole whether it can be called as it is; a sentence may name a command without all that it needs
 */
record ShownCommand(String place, List<String> words, boolean isWhole) {
    /** Behind a prompt and settings of the environment; by itself, in the image, or in a service of Compose. */
    private static final Pattern CALL = Pattern.compile(
            "(?:\\$ )?(?:[A-Z_]+=\\S* )*(?:(?:\\./)?lossledger|docker run .* lossledger|docker compose run --rm \\w+)(?: (.*))?");

    /** In a sentence: a command and its options, without the program. */
    private static final Pattern SHORT = Pattern.compile(
            "(" + String.join("|", CommandTree.all().get(0).getSubcommands().keySet()) + ") (\\w+ )*--");

    /** Help begins a remark behind two spaces. */
    private static final Pattern WORD =
            Pattern.compile("\\G ?(?![|&;>#])((?:\"(?:\\\\.|[^\"\\\\])*\"|'[^']*'|[^\\s\"'])+)");

    private static final Pattern QUOTED = Pattern.compile("\"((?:\\\\.|[^\"\\\\])*)\"|'([^']*)'");

    /** Those of all documents, then those of all help. */
    static List<ShownCommand> all() throws IOException {
        List<Shown> code = new ArrayList<>();
        for (Path document : Documents.all()) {
            code.addAll(Documents.code(document));
        }
        for (CommandLine command : CommandTree.all()) {
            String place = "lossledger " + CommandTree.name(command) + " --help";
            Stream.of(command.getCommandSpec().usageMessage().footer())
                    .filter(line -> line.startsWith("  lossledger"))
                    .forEach(line -> code.add(new Shown(place, line.strip(), true)));
        }
        return code.stream().map(ShownCommand::of).flatMap(Optional::stream).toList();
    }

    /** Empty for code that is something else. */
    static Optional<ShownCommand> of(Shown shown) {
        Matcher call = CALL.matcher(shown.text());
        boolean isShort = !shown.isBlock() && SHORT.matcher(shown.text()).lookingAt();
        if (!call.matches() && !isShort) {
            return Optional.empty();
        }
        String arguments = isShort ? shown.text() : call.group(1) == null ? "" : call.group(1);
        return Optional.of(new ShownCommand(shown.place(), words(arguments), shown.isBlock()));
    }

    /** Up to a pipe, another command, a redirection or a remark. */
    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(word -> unquoted(word.group(1))).toList();
    }

    private static String unquoted(String word) {
        return QUOTED.matcher(word).replaceAll(quoted -> {
            String inDouble = quoted.group(1) == null ? "" : quoted.group(1).replaceAll("\\\\(.)", "$1");
            String other = quoted.group(2) == null ? "" : quoted.group(2);
            return Matcher.quoteReplacement(inDouble + other);
        });
    }
}
