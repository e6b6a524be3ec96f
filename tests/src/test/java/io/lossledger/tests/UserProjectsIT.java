package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.standalone.broker.EmbeddedBroker;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Projects that have more of DL4J than the ledger brings, before and after it: on the class path that Maven resolves for them two
 * trainings are booked one after the other, and what DL4J needs for SameDiff is there.
 */
class UserProjectsIT {
    private static final Path PROJECTS = Path.of("user-projects");

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start(0, directory);
        Processing.createTopics(broker.bootstrapServers(), "lossledger.");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "modelimport-first",
                "modelimport-last",
                "core-first",
                "core-last",
                "parallel-wrapper-first",
                "parallel-wrapper-last"
            })
    void bookTwoRuns(String project) throws Exception {
        Path built = PROJECTS.resolve(project).resolve("target");
        String classPath =
                built.resolve("classes") + File.pathSeparator + Files.readString(built.resolve("class-path"));
        try (UserProgram program = UserProgram.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                "com.example.TwoRuns",
                broker.bootstrapServers(),
                project)) {
            assertThat(program.exitCode()).as(program.errors()).isZero();
            assertThat(program.lines()).last().isEqualTo("booked 6 steps, lambda layer finite: true");
        }
    }

    /** Otherwise the others would prove little. */
    @Test
    void oneHasTheGsonOfDl4j() throws Exception {
        assertThat(Files.readString(PROJECTS.resolve("modelimport-first/target/class-path")))
                .contains("gson-2.8.0.jar");
    }
}
