package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A user's mistake gives one line on standard error that names the setting, and exit code 2. */
class WrongInputIT {
    @TempDir
    Path directory;

    @Test
    void namesARunIdThatBreaksTheRule() throws Exception {
        assertRefused(
                "run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: a/b",
                "demo",
                "--run",
                "a/b",
                "--data-dir",
                directory);
    }

    @Test
    void namesAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertRefused(
                    "port: must be free. Found: " + port + " (Address already in use)",
                    "demo",
                    "--port",
                    port,
                    "--http-port",
                    0,
                    "--live-port",
                    0,
                    "--data-dir",
                    directory);
        }
    }

    /** Told before anything starts. */
    @ParameterizedTest
    @CsvSource({"--http-port, --live-port", "--live-port, --http-port"})
    void namesAnHttpPortThatIsInUse(String option, String other) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LedgerCommand demo = LedgerCommand.run(
                        "demo",
                        "--port",
                        StablePort.find(),
                        option,
                        taken.getLocalPort(),
                        other,
                        0,
                        "--data-dir",
                        directory)) {
            assertThat(demo.exitCode()).isEqualTo(2);
            assertThat(demo.errors())
                    .startsWith(
                            "lossledger: " + option + ": must be free. Found: 127.0.0.1:" + taken.getLocalPort() + " (")
                    .hasLineCount(1);
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void namesAPortThatIsNone() throws Exception {
        assertRefused(
                "port: must be free. Found: 70000 (port out of range:70000)",
                "broker",
                "--port",
                70000,
                "--data-dir",
                directory);
    }

    @Test
    void namesAFolderThatCannotBeWritten() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertRefused(
                "data-dir: must be a writable folder. Found: " + file.resolve("data") + " (FileSystemException: "
                        + file.resolve("data") + ": Not a directory)",
                "demo",
                "--port",
                StablePort.find(),
                "--http-port",
                0,
                "--live-port",
                0,
                "--data-dir",
                file.resolve("data"));
    }

    @Test
    void asksForACommand() throws Exception {
        assertRefused(
                "a command is missing: demo, broker, train, measure, process, live, topics, tail, export, sql, report, replay,"
                        + " runs, check, relay, rights or bench (see lossledger --help)");
    }

    @Test
    void namesAKafkaThatDoesNotAnswer() throws Exception {
        try (LedgerCommand command =
                LedgerCommand.run("train", "--bootstrap-server", "localhost:" + StablePort.find())) {
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.errors().lines())
                    .singleElement()
                    .asString()
                    .startsWith("lossledger: --bootstrap-server: must be a Kafka that answers. Found: localhost:");
        }
    }

    @Test
    void namesADataFolderWithoutFiles() throws Exception {
        int port = StablePort.find();
        try (LedgerCommand command = LedgerCommand.run(
                "demo",
                "--port",
                port,
                "--http-port",
                0,
                "--live-port",
                0,
                "--data-dir",
                directory,
                "--data",
                directory,
                "--exit-when-done")) {
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.errors().lines())
                    .singleElement()
                    .asString()
                    .contains(directory.toString(), "train-images-idx3-ubyte");
        }
    }

    private static void assertRefused(String message, Object... arguments) throws Exception {
        try (LedgerCommand command = LedgerCommand.run(arguments)) {
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.errors()).isEqualToIgnoringNewLines("lossledger: " + message);
        }
    }
}
