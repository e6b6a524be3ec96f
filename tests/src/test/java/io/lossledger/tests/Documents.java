package io.lossledger.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All Markdown files of this project, and the code in them. Stateless. */
final class Documents {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_WRITTEN_HERE = Set.of("target", "node_modules", "src");
    private static final Pattern INLINE = Pattern.compile("`([^`\n]+)`");

    private Documents() {}

    static List<Path> all() throws IOException {
        List<Path> documents = new ArrayList<>();
        find(ROOT, documents);
        return documents.stream().sorted().toList();
    }

    /** Code of a document, each line of a block and each span of a line by itself. */
    static List<Shown> code(Path document) throws IOException {
        List<Shown> code = new ArrayList<>();
        boolean fenced = false;
        List<String> lines = joined(Files.readAllLines(document));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String place = ROOT.relativize(document) + ":" + (i + 1);
            if (line.startsWith("```")) {
                fenced = !fenced;
            } else if (fenced || line.startsWith("    ")) {
                code.add(new Shown(place, line.strip(), true));
            } else {
                spans(line).forEach(span -> code.add(new Shown(place, span, false)));
            }
        }
        return code;
    }

    /** Code in a line of text. */
    static List<String> spans(String line) {
        return INLINE.matcher(line)
                .results()
                .map(match -> match.group(1).replace("\\|", "|"))
                .toList();
    }

    /** The rows of the table below a heading, without its first two lines; each is a list of cells. */
    static List<List<String>> table(Path document, String heading) throws IOException {
        String text = Files.readString(document);
        int start = text.indexOf("\n" + heading + "\n");
        if (start < 0) {
            throw new AssertionError(document + ": must have the heading " + heading);
        }
        return text.substring(start)
                .lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(row -> Stream.of(row.split("(?<!\\\\)\\|"))
                        .skip(1)
                        .map(String::strip)
                        .toList())
                .toList();
    }

    /** Lines that end with a backslash go on in the next; those that were taken in stay as empty ones. */
    private static List<String> joined(List<String> lines) {
        List<String> joined = new ArrayList<>(lines);
        for (int i = joined.size() - 1; i > 0; i--) {
            if (joined.get(i - 1).endsWith("\\")) {
                String first = joined.get(i - 1);
                joined.set(
                        i - 1,
                        first.substring(0, first.length() - 1) + " "
                                + joined.get(i).strip());
                joined.set(i, "");
            }
        }
        return joined;
    }

    private static void find(Path folder, List<Path> documents) throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.endsWith(".md")) {
                documents.add(file);
            } else if (Files.isDirectory(file) && !name.startsWith(".") && !NOT_WRITTEN_HERE.contains(name)) {
                find(file, documents);
            }
        }
    }

    /**
     * Code that a reader sees.
     *
     * @param place the file and its line, or the command whose help it is
     * @param isBlock whether it has a line of its own
     */
    record Shown(String place, String text, boolean isBlock) {}
}
