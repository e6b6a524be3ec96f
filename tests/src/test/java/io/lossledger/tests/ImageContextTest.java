package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code .dockerignore} lets through to the Dockerfile: Maven wants every module's pom.xml, also of modules that it does not build. */
class ImageContextTest {
    private static final Path ROOT = Path.of("..");

    static List<String> poms() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.map(file -> ROOT.relativize(file).toString())
                    .filter(file -> file.endsWith("pom.xml") && !file.contains("target/"))
                    .filter(ImageContextTest::isReadByTheBuild)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("poms")
    void everyModuleIsInTheContextOfTheImage(String pom) throws IOException {
        assertThat(isLetThrough(pom)).isTrue();
    }

    @Test
    void whatTheImageIsMadeOfIsInItsContext() throws IOException {
        assertThat(List.of(
                        ".mvn/jvm.config",
                        "standalone/docker/lossledger",
                        "lca/src/main/java/io/lossledger/lca/Sum.java"))
                .allMatch(ImageContextTest::isLetThrough);
        assertThat(poms()).contains("pom.xml", "tests/pom.xml", "tests/user-projects/core-first/pom.xml");
    }

    @Test
    void whatTheBuildDoesNotNeedStaysOutside() {
        assertThat(List.of(".git/HEAD", "README.md", "lca/target/classes/A.class", "tests/src/test/java/A.java"))
                .noneMatch(ImageContextTest::isLetThrough);
    }

    /** Not the pom of the broker's image, which is no module. */
    private static boolean isReadByTheBuild(String pom) {
        Path parent = ROOT.resolve(pom).toAbsolutePath().normalize().getParent();
        if (parent.equals(ROOT.toAbsolutePath().normalize())) {
            return true;
        }
        for (Path folder = parent.getParent(); folder != null; folder = folder.getParent()) {
            Path above = folder.resolve("pom.xml");
            if (Files.exists(above)) {
                return read(above).contains("<module>" + folder.relativize(parent) + "</module>");
            }
        }
        return false;
    }

    /** The last pattern that fits the file, or a folder that it is in, decides. */
    private static boolean isLetThrough(String file) {
        boolean ignored = false;
        for (String line : read(ROOT.resolve(".dockerignore")).lines().toList()) {
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

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
