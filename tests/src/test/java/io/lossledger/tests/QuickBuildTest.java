package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profile {@code quick}, which the launcher and the image build with: it leaves out checks and changes nothing else. */
class QuickBuildTest {
    private static final Path ROOT = Path.of("..");
    private static final Path CLASSES = Path.of("lca/target/classes");

    @TempDir
    static Path directory;

    /** With a test that is no Java, and a class that the checks refuse. */
    @BeforeAll
    static void buildLca() throws Exception {
        copyLca();
        Files.createDirectories(directory.resolve("lca/src/test/java"));
        Files.writeString(directory.resolve("lca/src/test/java/Broken.java"), "class");
        Files.writeString(
                directory.resolve("lca/src/main/java/Sloppy.java"),
                "class Sloppy { Object none() { return (Object) null; } }");
        try (UserProgram maven =
                UserProgram.runIn(directory.resolve("lca"), "mvn", "-o", "-B", "-q", "-Pquick", "package")) {
            assertThat(maven.exitCode()).as(maven.output() + maven.errors()).isZero();
        }
    }

    @Test
    void leavesOutTestsAndChecks() {
        assertThat(directory.resolve(CLASSES).resolve("Sloppy.class")).exists();
    }

    @Test
    void compilesTheSameClassesAsTheBuildThatChecks() throws Exception {
        Map<String, String> quick = files(directory.resolve(CLASSES));
        quick.remove("Sloppy.class");
        assertThat(quick).hasSizeGreaterThan(5).containsExactlyInAnyOrderEntriesOf(files(ROOT.resolve(CLASSES)));
    }

    private static void copyLca() throws IOException {
        copy("pom.xml");
        copy("lca/pom.xml");
        try (Stream<Path> sources = Files.walk(ROOT.resolve("lca/src/main"))) {
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                copy(ROOT.relativize(source).toString());
            }
        }
    }

    private static void copy(String file) throws IOException {
        Path copy = directory.resolve(file);
        Files.createDirectories(copy.getParent());
        Files.copy(ROOT.resolve(file), copy);
    }

    /** A digest of each file, by its name. */
    private static Map<String, String> files(Path folder) throws Exception {
        Map<String, String> files = new HashMap<>();
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                files.put(folder.relativize(file).toString(), HexFormat.of().formatHex(digest));
            }
        }
        return files;
    }
}
