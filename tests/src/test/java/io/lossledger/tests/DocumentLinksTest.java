package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links and images of documents lead to files of this project, and to headings in them. */
class DocumentLinksTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

    /** A link, and the document that contains it. */
    record Link(Path document, String target) {
        @Override
        public String toString() {
            return Documents.ROOT.relativize(document) + ": " + target;
        }
    }

    static List<Link> links() throws IOException {
        List<Link> links = new ArrayList<>();
        for (Path document : Documents.all()) {
            LINK.matcher(withoutCode(Files.readString(document)))
                    .results()
                    .map(link -> new Link(document, link.group(1)))
                    .filter(link -> !link.target().matches("https?:.*"))
                    .forEach(links::add);
        }
        return links;
    }

    @ParameterizedTest
    @MethodSource("links")
    void leadsSomewhere(Link link) throws IOException {
        String[] parts = link.target().split("#", 2);
        Path file = parts[0].isEmpty() ? link.document() : link.document().resolveSibling(parts[0]);
        assertThat(file).exists();
        if (parts.length > 1) {
            assertThat(anchors(file)).contains(parts[1]);
        }
    }

    @Test
    void imagesAndAnchorsAreAmongThem() throws IOException {
        assertThat(links().stream().map(Link::target))
                .contains("dashboards/docs/live-light.png", "../protocol/README.md#metrics", "examples/own-training");
    }

    /** As GitHub makes them of headings. */
    private static List<String> anchors(Path document) throws IOException {
        return Files.readAllLines(document).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }

    private static String withoutCode(String text) {
        return text.replaceAll("(?s)```.*?```", "").replaceAll("`[^`\n]*`", "");
    }
}
