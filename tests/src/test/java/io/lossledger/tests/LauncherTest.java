package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./lossledger} in a folder of its own, with a Java and a Maven that only say what they were asked. */
class LauncherTest {
    @TempDir
    private Path directory;

    private LauncherFolder folder;

    @BeforeEach
    void copyTheLauncher() throws IOException {
        folder = new LauncherFolder(directory);
    }

    @Test
    void buildsOnceAndAgainWhenASourceIsNewer() throws Exception {
        folder.setSource("first");
        assertRuns("first", "demo", "--steps", "3");
        assertRuns("first");
        assertThat(folder.builds()).hasSize(1);
        folder.setSource("second");
        assertRuns("second");
        assertThat(folder.builds()).hasSize(2);
    }

    @Test
    void aBuildThatFailsLeavesTheOneBeforeToBeUsed() throws Exception {
        folder.setSource("good");
        assertRuns("good");
        folder.setSource("broken");
        try (UserProgram launcher = folder.launch()) {
            assertThat(launcher.exitCode()).isEqualTo(2);
            assertThat(launcher.errors().lines())
                    .endsWith(
                            "[ERROR] broken cannot be built",
                            "lossledger: the build failed; its output is in " + folder.apps()
                                    + "/build.log. LOSSLEDGER_BUILD=false starts what was built before");
        }
        folder.environment("LOSSLEDGER_BUILD", "false");
        assertRuns("good");
    }

    @Test
    void whatWasNeverBuiltCannotBeStartedWithoutABuild() throws Exception {
        folder.environment("LOSSLEDGER_BUILD", "false");
        assertFails("LOSSLEDGER_BUILD: must not be false when nothing was built before. Found: false");
        folder.environment("LOSSLEDGER_BUILD", "true");
        folder.setSource("broken");
        assertFails("the build failed; its output is in " + folder.apps() + "/build.log");
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_392,8", "11.0.22,11", "16,16", "nonsense,no version"})
    void anOldJavaIsNamed(String version, String found) throws Exception {
        folder.java(version);
        assertFails("Java 17 or newer is needed. Found: " + found + " (" + folder.tools() + "/java)");
        assertThat(folder.builds()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"17", "17.0.15", "21-ea", "25.0.1"})
    void aNewJavaWillDo(String version) throws Exception {
        folder.java(version);
        folder.setSource("first");
        assertRuns("first");
    }

    @Test
    void aJavaHomeThatIsWrongIsNamed() throws Exception {
        folder.environment("JAVA_HOME", "/nowhere");
        assertFails("JAVA_HOME: must be the folder of Java 17 or newer. Found: /nowhere");
        Path home = folder.javaHome("11.0.22");
        folder.environment("JAVA_HOME", home.toString());
        assertFails("JAVA_HOME: must be the folder of Java 17 or newer. Found: 11 (" + home + "/bin/java)");
    }

    @Test
    void isFoundThroughLinksFromAnyFolder() throws Exception {
        folder.setSource("first");
        Path other = Files.createDirectories(directory.resolve("other place"));
        Files.createSymbolicLink(other.resolve("absolute"), folder.launcher());
        Files.createSymbolicLink(other.resolve("relative"), Path.of("absolute"));
        try (UserProgram launcher = folder.launch(other, "./relative", "live")) {
            assertThat(launcher.exitCode()).as(launcher.errors()).isZero();
            assertThat(launcher.lines()).containsExactly("runs first: io.lossledger.standalone.Main live");
        }
    }

    @Test
    void ofTwoAtOnceOneBuildsAndTheOtherWaits() throws Exception {
        folder.setSource("slow");
        try (UserProgram first = folder.launch()) {
            first.awaitErrors("building LossLedger");
            folder.awaitBuild();
            try (UserProgram second = folder.launch()) {
                second.awaitErrors("waiting for the build of process ");
                folder.endBuild();
                assertThat(second.exitCode()).as(second.errors()).isZero();
                assertThat(second.output()).startsWith("runs slow: ");
            }
            assertThat(first.exitCode()).as(first.errors()).isZero();
            assertThat(first.output()).startsWith("runs slow: ");
        }
        assertThat(folder.builds()).hasSize(1);
    }

    @Test
    void aLauncherThatWasKilledWhileItBuiltKeepsNobodyWaiting() throws Exception {
        folder.setSource("slow");
        try (UserProgram first = folder.launch()) {
            folder.awaitBuild();
            first.kill();
        }
        folder.endBuild();
        folder.setSource("second");
        assertRuns("second");
    }

    @Test
    void aRunningCommandKeepsItsLibrariesHoweverOftenItIsBuilt() throws Exception {
        folder.setSource("first");
        try (UserProgram running = folder.launch("wait")) {
            running.awaitOutput("waits");
            for (String source : List.of("second", "third", "fourth")) {
                folder.setSource(source);
                assertRuns(source);
            }
            folder.endWait();
            assertThat(running.exitCode()).as(running.errors()).isZero();
            assertThat(running.output()).contains("runs first: ");
        }
        folder.setSource("fifth");
        assertRuns("fifth");
        assertThat(folder.kept()).as("the newest, and the one before").hasSize(2);
    }

    private void assertRuns(String source, String... arguments) throws Exception {
        try (UserProgram launcher = folder.launch(arguments)) {
            assertThat(launcher.exitCode()).as(launcher.errors()).isZero();
            String words = String.join(" ", arguments);
            assertThat(launcher.lines())
                    .containsExactly(("runs " + source + ": io.lossledger.standalone.Main " + words).strip());
        }
    }

    private void assertFails(String message) throws Exception {
        try (UserProgram launcher = folder.launch()) {
            assertThat(launcher.exitCode()).isEqualTo(2);
            assertThat(launcher.output()).isEmpty();
            assertThat(launcher.errors()).endsWith("lossledger: " + message + "\n");
        }
    }
}
