package io.lossledger.standalone.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.standalone.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is wrong with the options alone gives one line that names them, and exit code 2, before anything starts. */
@Timeout(60)
class WrongOptionsTest {
    @TempDir
    Path directory;

    @Test
    void namesAnHttpPortThatIsNone() {
        assertRefused("--http-port: must be from 0 to 65535. Found: 70000", "train", "--http-port", 70_000);
    }

    /** 192.0.2.1 is for documentation only. */
    @Test
    void namesAHostThatIsNotThisMachine() {
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
    void namesThePortOfTheLivePage() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertRefused(
                    "--port: must be free. Found: 127.0.0.1:" + port
                            + " (Address already in use; 0 takes any free port)",
                    "live",
                    "--port",
                    port);
        }
        assertRefused("--port: must be from 0 to 65535. Found: 70000", "live", "--port", 70000);
        assertRefused("--live-port: must be from 0 to 65535. Found: -1", "demo", "--live-port", -1);
    }

    /** No Kafka is asked before. */
    @Test
    void namesWindowsThatCannotBeRead() {
        String rule =
                "window: must be a size, or size/hop, in steps (100/25) or in time (30s, 5m/1m, 2h). Found: 5 minutes";
        assertRefused(rule, "process", "--window", "5 minutes");
        assertRefused(rule, "demo", "--window", "5 minutes", "--data-dir", directory);
    }

    @Test
    void namesAToleranceThatIsNotAboveZero() {
        String rule = "residual.tolerance: must be above 0. Found: 0.0";
        assertRefused(rule, "train", "--residual-tolerance", 0);
        assertRefused(rule, "process", "--residual-tolerance", 0);
        assertRefused(rule, "demo", "--residual-tolerance", 0, "--data-dir", directory);
        assertRefused(rule, "runs", "list", "--residual-tolerance", 0);
    }

    @Test
    void namesAnUnknownOption() {
        assertRefused("Unknown option: '--step=3' (see lossledger demo --help)", "demo", "--step=3");
    }

    @Test
    void namesANumberThatIsNone() {
        assertRefused(
                "Invalid value for option '--steps': 'many' is not an int (see lossledger train --help)",
                "train",
                "--steps",
                "many");
    }

    @Test
    void namesAnUnknownTopic() {
        assertRefused(
                "TOPIC: must be one of update, trajectory, run, layer, unit, step, window, moment, alert, bucket, parameter, rejected."
                        + " Found: losses",
                "tail",
                "losses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "broker", "train", "process", "live", "topics", "tail", "replay", "runs", "bench"})
    void explainsEveryCommand(String name) {
        Said help = run(name, "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.output()).contains("Usage: lossledger " + name, "Examples:");
    }

    private static void assertRefused(String message, Object... arguments) {
        Said command = run(arguments);

        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.errors()).isEqualToIgnoringNewLines("lossledger: " + message);
    }

    private static Said run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int exitCode =
                line.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Said(exitCode, out.toString(), err.toString());
    }

    private record Said(int exitCode, String output, String errors) {}
}
