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
    void namesAnHttpPortThatIsNone() throws Exception {
        assertRefused("--http-port: must be from 0 to 65535. Found: 70000", "train", "--http-port", 70_000);
    }

    /** 192.0.2.1 is for documentation only. */
    @Test
    void namesAHostThatIsNotThisMachine() throws Exception {
        for (String host : new String[] {"192.0.2.1", "no host"}) {
            assertRefused(
                    "--host: must be an address of this machine. Found: " + host, "live", "--host", host, "--port", 0);
        }
        assertRefused(
                "--http-host: must be an address of this machine. Found: 192.0.2.1",
                "process",
                "--http-host",
                "192.0.2.1",
                "--http-port",
                0);
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
    void namesThePortOfTheLivePage() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertRefused(
                    "--port: must be free. Found: 127.0.0.1:" + port
                            + " (Address already in use; 0 takes any that is free)",
                    "live",
                    "--port",
                    port);
        }
        assertRefused("--port: must be from 0 to 65535. Found: 70000", "live", "--port", 70000);
        assertRefused("--live-port: must be from 0 to 65535. Found: -1", "demo", "--live-port", -1);
    }

    @Test
    void namesAFolderThatCannotBeWritten() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertRefused(
                "data-dir: must be a folder that can be written. Found: " + file.resolve("data")
                        + " (FileSystemException: " + file.resolve("data") + ": Not a directory)",
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

    /** No Kafka is asked before. */
    @Test
    void namesWindowsThatCannotBeRead() throws Exception {
        String rule =
                "window: must be a size, or size/hop, in steps (100/25) or in time (30s, 5m/1m, 2h). Found: 5 minutes";
        assertRefused(rule, "process", "--window", "5 minutes");
        assertRefused(rule, "demo", "--window", "5 minutes", "--data-dir", directory);
    }

    @Test
    void namesAnUnknownOption() throws Exception {
        assertRefused("Unknown option: '--step=3' (see lossledger demo --help)", "demo", "--step=3");
    }

    @Test
    void namesANumberThatIsNone() throws Exception {
        assertRefused(
                "Invalid value for option '--steps': 'many' is not an int (see lossledger train --help)",
                "train",
                "--steps",
                "many");
    }

    @Test
    void namesAnUnknownTopic() throws Exception {
        assertRefused(
                "TOPIC: must be one of update, run, layer, unit, step, window, moment, alert, parameter, rejected."
                        + " Found: losses",
                "tail",
                "losses");
    }

    @Test
    void asksForACommand() throws Exception {
        assertRefused(
                "a command is missing: demo, broker, train, process, live, topics, tail, export, sql, report, replay, runs"
                        + " or bench (see lossledger --help)");
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

    @Test
    void explainsEveryCommand() throws Exception {
        for (String name :
                new String[] {"demo", "broker", "train", "process", "live", "topics", "tail", "replay", "runs", "bench"
                }) {
            try (LedgerCommand help = LedgerCommand.run(name, "--help")) {
                assertThat(help.exitCode()).isZero();
                assertThat(help.output()).contains("Usage: lossledger " + name, "Examples:");
            }
        }
    }

    private static void assertRefused(String message, Object... arguments) throws Exception {
        try (LedgerCommand command = LedgerCommand.run(arguments)) {
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.errors()).isEqualToIgnoringNewLines("lossledger: " + message);
        }
    }
}
