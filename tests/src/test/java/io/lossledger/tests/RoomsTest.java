package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every package can be looked over, and says what it is for. Finds the packages by walking the sources. */
class RoomsTest {
    private static final int MOST_FILES = 25;
    private static final String DESCRIPTION = "package-info.java";
    private static final Pattern JAVADOC = Pattern.compile("^/\\*\\*(.*?)\\*/", Pattern.DOTALL);
    private static final Pattern SENTENCE_END = Pattern.compile("\\.(\\s|$)");

    static List<Path> packages() throws IOException {
        try (Stream<Path> modules = Files.list(Documents.ROOT)) {
            return modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .flatMap(RoomsTest::below)
                    .filter(folder -> !sources(folder).isEmpty())
                    .map(Documents.ROOT::relativize)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("packages")
    void holdsAtMostTwentyFiveFiles(Path folder) {
        assertThat(sources(Documents.ROOT.resolve(folder)))
                .filteredOn(file -> !file.endsWith(DESCRIPTION))
                .hasSizeLessThanOrEqualTo(MOST_FILES);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void saysWhatItIsForInOneToThreeSentences(Path folder) throws IOException {
        Path description = Documents.ROOT.resolve(folder).resolve(DESCRIPTION);
        assertThat(description).exists();
        Matcher javadoc = JAVADOC.matcher(Files.readString(description));
        assertThat(javadoc.find()).as("javadoc of the package").isTrue();
        String text = javadoc.group(1).replaceAll("\\s*\\n \\*", " ").strip();
        assertThat(SENTENCE_END.matcher(text).results().count()).as(text).isBetween(1L, 3L);
    }

    private static Stream<Path> below(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isDirectory).toList().stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> sources(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
