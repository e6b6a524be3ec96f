package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    @TempDir
    Path directory;

    @Test
    void balancesAndExits() throws Exception {
        int port = StablePort.find();
        try (LedgerCommand demo = demo(port, "--run", "first", "--steps", 40)) {
            assertThat(demo.exitCode()).as(demo.output() + demo.errors()).isZero();
            List<String> lines = demo.lines();
            assertThat(lines.get(lines.size() - 4))
                    .matches("balanced: run=first steps=40 lca=-\\d\\.\\d+ loss-change=-\\d\\.\\d+"
                            + " residual=-?\\d\\.\\d+e-\\d+ relative=\\d\\.\\d+e-\\d+");
            assertThat(demo.output()).contains("ΣLCA", "help/all", "help/≠0", "fc1", "fc2", "output");
            assertThat(lines.get(lines.size() - 3)).matches("✓ Learned: loss 2\\.\\d{3} → \\d\\.\\d{3} over 40 steps");
            assertThat(lines.get(lines.size() - 2))
                    .matches("✓ fc1 did most \\(\\d\\d % of the help\\): no layer hurt as a whole");
            assertThat(lines.get(lines.size() - 1)).matches("✓ Balanced: residual \\S+ % of what moved, tolerance 1 %");
            assertThat(lines).anyMatch(line -> line.startsWith("  39/40 ") && line.contains("  0:00  fc1 "));
            assertThat(lines).allMatch(line -> !line.contains("/40 ") || line.length() <= 100);
            assertThat(demo.errors()).isEmpty();
        }
        try (LedgerCommand again = demo(port, "--run", "first", "--steps", 5)) {
            assertThat(again.exitCode()).isEqualTo(2);
            assertThat(again.errors())
                    .isEqualToIgnoringNewLines("lossledger: run: must be new in this Kafka. Found: first exists");
        }
        try (LedgerCommand other = demo(port, "--run", "second", "--steps", 5, "--optimizer", "adam", "--float64")) {
            assertThat(other.exitCode()).as(other.output() + other.errors()).isZero();
        }
    }

    @Test
    void saysSoWhenTheBooksDoNotBalance() throws Exception {
        try (LedgerCommand wild = demo(0, "--run", "wild", "--steps", 6, "--learning-rate", 4)) {
            assertThat(wild.exitCode()).as(wild.output() + wild.errors()).isEqualTo(3);
            List<String> lines = wild.lines();
            assertThat(lines.get(lines.size() - 4)).startsWith("not balanced: run=wild steps=6 ");
            assertThat(lines.get(lines.size() - 1)).startsWith("✗ Not balanced: residual ");
        }
    }

    @Test
    void staysUpForOthersUntilCtrlC() throws Exception {
        int port = StablePort.find();
        try (LedgerCommand demo = LedgerCommand.start(
                "demo",
                "--port",
                port,
                "--http-port",
                0,
                "--data-dir",
                directory,
                "--run",
                "stay",
                "--steps",
                3,
                "--objective-size",
                500,
                "--live-port",
                0)) {
            demo.awaitOutput("Kafka stays up at localhost:" + port + ", the live page at http://localhost:");
            try (LedgerCommand tail = LedgerCommand.run(
                    "tail", "layer", "--bootstrap-server", "localhost:" + port, "--run", "stay", "--no-follow")) {
                assertThat(tail.lines()).hasSize(9).allMatch(line -> line.startsWith("{\"run\":\"stay\",\"step\":"));
            }
            String server = "localhost:" + port;
            try (LedgerCommand list = LedgerCommand.run("runs", "list", "--bootstrap-server", server)) {
                assertThat(list.errors()).isEmpty();
                assertThat(list.lines().get(1))
                        .matches("stay +finished .+ 0\\.\\.2 +2\\.\\d{3} → 2\\.\\d{3}  ✓ +fc1 \\d\\d % +– .*");
            }
            Path export = directory.resolve("stay.duckdb");
            done("export", "stay", "--bootstrap-server", server, "--to", export);
            done("report", "stay", "--bootstrap-server", server, "--to", directory.resolve("stay.html"));
            assertThat(directory.resolve("stay.html"))
                    .content()
                    .contains("<td>3 of 3 layers</td>", "id=\"distribution\"");
            // The books again by a rule of its own, straight from the raw topic.
            Path again = directory.resolve("again");
            done(
                    "replay",
                    "--run",
                    "stay",
                    "--bootstrap-server",
                    server,
                    "--to",
                    again,
                    "--format",
                    "parquet",
                    "--rule",
                    "first-order");
            assertThat(answer(again, "select count(*) as count, any_value(rule) as rule from steps"))
                    .isEqualTo("count,rule|3,first-order|");
            String both = "'" + again.resolve("layers.parquet") + "' a join layers b using (step, layer)";
            assertThat(answer(export, "select bool_and(a.lca <> b.lca) as moved from " + both))
                    .isEqualTo("moved|true|");
            refused(
                    "run: must be a run in this Kafka. Found: none; this Kafka has stay",
                    "export",
                    "none",
                    "--bootstrap-server",
                    server,
                    "--to",
                    directory.resolve("none"));
            refused(
                    "--to: must not exist unless --force replaces it. Found: " + export,
                    "export",
                    "stay",
                    "--bootstrap-server",
                    server,
                    "--to",
                    export);
            assertThat(demo.interrupt()).isEqualTo(130);
            assertThat(demo.errors()).isEmpty();
        }
    }

    private static void done(Object... arguments) throws Exception {
        try (LedgerCommand command = LedgerCommand.run(arguments)) {
            assertThat(command.exitCode())
                    .as(command.output() + command.errors())
                    .isZero();
        }
    }

    private static void refused(String message, Object... arguments) throws Exception {
        try (LedgerCommand command = LedgerCommand.run(arguments)) {
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.errors()).isEqualToIgnoringNewLines("lossledger: " + message);
        }
    }

    /** Lines of CSV, each ended by a bar. */
    private static String answer(Path export, String sql) throws Exception {
        try (LedgerCommand command = LedgerCommand.run("sql", "--file", export, "--answer", "csv", sql)) {
            assertThat(command.exitCode()).as(command.errors()).isZero();
            return command.output().replace("\n", "|");
        }
    }

    @Test
    void booksWhatWasTrainedWhenItIsInterrupted() throws Exception {
        int port = StablePort.find();
        try (LedgerCommand demo = LedgerCommand.start(
                "demo",
                "--port",
                port,
                "--http-port",
                0,
                "--data-dir",
                directory,
                "--run",
                "cut",
                "--steps",
                100_000,
                "--live-port",
                0)) {
            demo.awaitOutput("\n    0/100000 ");
            assertThat(demo.interrupt()).isEqualTo(130);
            List<String> lines = demo.lines();
            assertThat(lines.get(lines.size() - 4)).startsWith("balanced: run=cut steps=");
            assertThat(demo.errors()).isEmpty();
        }
    }

    @Test
    void stopsWhenItIsInterruptedWhileItStarts() throws Exception {
        try (LedgerCommand demo = LedgerCommand.start(
                "demo",
                "--port",
                StablePort.find(),
                "--http-port",
                0,
                "--data-dir",
                directory,
                "--run",
                "early",
                "--live-port",
                0)) {
            demo.awaitOutput("starting the processor");
            assertThat(demo.interrupt()).isEqualTo(130);
            List<String> lines = demo.lines();
            assertThat(lines.get(lines.size() - 1)).startsWith("balanced: run=early steps=0 ");
            assertThat(demo.errors()).isEmpty();
        }
    }

    @Test
    void bookSeveralObjectivesOverChords() throws Exception {
        int port = StablePort.find();
        try (LedgerCommand demo = demo(
                port,
                "--run",
                "many",
                "--steps",
                7,
                "--every",
                3,
                "--objective",
                "train,validation,classes",
                "--parameters")) {
            assertThat(demo.exitCode()).as(demo.output() + demo.errors()).isZero();
            assertThat(demo.output())
                    .containsPattern("class check: the weighted class losses differ from the train loss by at most"
                            + " \\d\\.\\de-0[6-9] in 3 steps")
                    .contains("--parameters: 3 steps x 12 objectives x 84,060 parameters x 8 bytes = 24 MB in"
                            + " lossledger.parameter\n")
                    .contains("balanced: run=many steps=3 ");
        }
    }

    @Test
    void endsARunWhoseLossIsNoNumberAnyMore() throws Exception {
        try (LedgerCommand wild = demo(StablePort.find(), "--run", "nan", "--steps", 50, "--learning-rate", "1e38")) {
            assertThat(wild.exitCode()).isEqualTo(1);
            assertThat(wild.errors().lines())
                    .singleElement()
                    .asString()
                    .matches("lossledger: the loss of step \\d+ is not a finite number: \\S+");
        }
    }

    private LedgerCommand demo(int port, Object... more) throws Exception {
        List<Object> arguments = new java.util.ArrayList<>(List.of(
                "demo",
                "--port",
                port,
                "--http-port",
                0,
                "--data-dir",
                directory,
                "--objective-size",
                1_000,
                "--exit-when-done",
                "--live-port",
                0));
        arguments.addAll(List.of(more));
        return LedgerCommand.start(arguments.toArray());
    }
}
