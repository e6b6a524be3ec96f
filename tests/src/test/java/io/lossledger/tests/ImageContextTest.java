package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code .dockerignore} lets through to the Dockerfile: Maven wants every module's pom.xml, also of modules that it does not build. */
class ImageContextTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");

    /** Those that Maven reads: of the root, of its modules, of their modules. */
    static List<String> poms() throws IOException {
        List<String> poms = new ArrayList<>(List.of("pom.xml"));
        for (int i = 0; i < poms.size(); i++) {
            Path pom = Path.of(poms.get(i));
            MODULE.matcher(Files.readString(ROOT.resolve(pom)))
                    .results()
                    .map(module -> pom.resolveSibling(module.group(1)).resolve("pom.xml"))
                    .forEach(below -> poms.add(below.toString()));
        }
        return poms;
    }

    @ParameterizedTest
    @MethodSource("poms")
    void everyModuleIsInTheContextOfTheImage(String pom) throws IOException {
        assertThat(isLetThrough(pom)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".mvn/jvm.config",
                "standalone/docker/lossledger",
                "standalone/src/main/app/bin/lossledger",
                "lca/src/main/java/A.java",
                "tests/user-projects/core-first/pom.xml"
            })
    void whatTheImageIsMadeOfIsInItsContext(String file) throws IOException {
        assertThat(isLetThrough(file)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {".git/HEAD", "README.md", "lca/target/classes/A.class", "tests/src/test/java/A.java"})
    void whatTheBuildDoesNotNeedStaysOutside(String file) throws IOException {
        assertThat(isLetThrough(file)).isFalse();
    }

    /** The last pattern that fits the file, or a folder that it is in, decides. */
    private static boolean isLetThrough(String file) throws IOException {
        boolean ignored = false;
        for (String line : Files.readAllLines(ROOT.resolve(".dockerignore"))) {
            boolean exception = line.startsWith("!");
            String pattern = exception ? line.substring(1) : line;
            if (!line.isBlank() && !line.startsWith("#") && fits(pattern, Path.of(file))) {
                ignored = !exception;
            }
        }
        return !ignored;
    }

    private static boolean fits(String pattern, Path file) {
        String anywhere = pattern.startsWith("**/") ? "{" + pattern.substring(3) + "," + pattern + "}" : pattern;
        for (Path part = file; part != null; part = part.getParent()) {
            if (FileSystems.getDefault().getPathMatcher("glob:" + anywhere).matches(part)) {
                return true;
            }
        }
        return false;
    }
}
