package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The image that the root's Dockerfile makes of the root's folder, run as careful platforms run it. Skipped where Docker is missing,
 * but fails where {@code lossledger.docker.required} is {@code true}.
 */
class AppImageIT {
    /** Nothing can be written but /data and a /tmp from which no library can be loaded, and the user is nobody's. */
    private static final List<String> STRICT =
            List.of("--read-only", "--tmpfs", "/tmp", "--user", "54321:0", "--cap-drop", "ALL", "--network", "none");

    private static final List<String> SMALL = List.of("--steps", "10", "--objective-size", "500", "--run", "small");

    private static String image = "";

    @BeforeAll
    static void build() throws Exception {
        boolean docker = OutsideTools.runs("docker", "info");
        if (!docker && Boolean.getBoolean("lossledger.docker.required")) {
            throw new AssertionError("lossledger.docker.required: Docker must be reachable. Found: none");
        }
        assumeTrue(docker, "needs Docker, which is not reachable");
        image = DockerImages.app();
    }

    @Test
    void theDemoBalancesAsAUserThatIsNotRoot() throws Exception {
        try (UserProgram id = docker("run", "--rm", "--entrypoint", "id", image, "-u")) {
            assertThat(id.exitCode()).isZero();
            assertThat(id.output()).isEqualToIgnoringNewLines("10001");
        }
        List<String> command = new ArrayList<>(List.of("run", "--rm", image, "demo", "--exit-when-done"));
        command.addAll(SMALL);
        try (UserProgram demo = docker(command.toArray(String[]::new))) {
            assertThat(demo.exitCode()).as(demo.output() + demo.errors()).isZero();
            assertThat(demo.output()).contains("balanced: run=small steps=10 ");
        }
    }

    @Test
    void everyCommandFindsItsLibrariesAsAnyUserOnAReadOnlyRoot() throws Exception {
        String name = "lossledger-strict-" + ProcessHandle.current().pid();
        List<String> command = new ArrayList<>(List.of("run", "--rm", "--name", name));
        command.addAll(STRICT);
        command.addAll(List.of(image, "demo"));
        command.addAll(SMALL);
        try (UserProgram demo = docker(command.toArray(String[]::new))) {
            try {
                demo.awaitOutput("balanced: run=small steps=10 ");
                try (UserProgram export = docker("exec", name, "lossledger", "export", "small")) {
                    assertThat(export.exitCode()).as(export.errors()).isZero();
                    assertThat(export.output()).contains("small.duckdb: ");
                }
                List<String> second =
                        List.of("--application-id", "second", "--again", "--state-dir", "second", "--http-port", "0");
                List<String> process = new ArrayList<>(List.of("exec", name, "lossledger", "process"));
                process.addAll(second);
                try (UserProgram processor = docker(process.toArray(String[]::new))) {
                    processor.awaitOutput("the processor runs");
                }
            } finally {
                try (UserProgram stop = docker("stop", "--time", "30", name)) {
                    stop.exitCode();
                }
            }
            assertThat(demo.exitCode()).as(demo.errors()).isEqualTo(143);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws Exception {
        try (UserProgram help = docker("run", "--rm", "--user", "54321:54321", image, "--help")) {
            assertThat(help.exitCode()).isEqualTo(2);
            assertThat(help.errors())
                    .startsWith(
                            "lossledger: /data: must be a folder that user 54321 or group 54321 can write. Found: d");
        }
    }

    private static UserProgram docker(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        return UserProgram.of(command.toArray(String[]::new));
    }
}
