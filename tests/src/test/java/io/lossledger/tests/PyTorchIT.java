package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python package and its examples with Debian's PyTorch, through a real broker and processor. */
class PyTorchIT {
    private static final String PYTHON = System.getProperty("lossledger.python", "/usr/bin/python3");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int PACKAGE_PATIENCE_SECONDS = 600;

    private static RunningLedger ledger;

    @TempDir
    Path folder;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        OutsideTools.require(
                PYTHON, "-c", "import torch, confluent_kafka, google.protobuf, numpy, setuptools, wheel, pip");
        ledger = RunningLedger.start(directory);
    }

    @AfterAll
    static void stop() {
        if (ledger != null) {
            ledger.close();
        }
    }

    @Test
    void passesTheTestsOfThePackage() throws Exception {
        ProcessBuilder tests = python("-m", "unittest", "discover", "-s", "tests");
        tests.directory(ROOT.resolve("python").toFile());
        tests.environment().put("LOSSLEDGER_KAFKA", ledger.bootstrapServers());
        tests.environment().put("LOSSLEDGER_PROCESSOR", "true");
        try (UserProgram program = new UserProgram(tests)) {
            int exitCode = program.exitCode(PACKAGE_PATIENCE_SECONDS);
            program.lines().forEach(System.out::println);
            assertThat(exitCode).as(program.errors()).isZero();
            assertThat(program.errors()).contains("OK").doesNotContain("skipped=");
        }
    }

    /** What a producer in another language must reach: balanced books, and nothing that the contract forbids. */
    @ParameterizedTest
    @ValueSource(strings = {"mlp", "convnet", "gpt"})
    void booksTheExamples(String example) throws Exception {
        try (UserProgram training = example(example, ledger.bootstrapServers(), 20)) {
            assertThat(training.exitCode()).as(training.errors()).isZero();
            assertThat(training.output()).contains("Report(steps=2, skipped={}, lost_records=0,");
        }
        String run = newestRun();
        WindowRow closing = ledger.closing(run);

        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(closing.getSteps()).isEqualTo(2);
        assertThat(closing.getMissingSteps()).isZero();
        assertThat(closing.getLossChange()).isNegative();
        assertThat(Math.abs(closing.getResidual())).isLessThan(0.01 * Math.abs(closing.getLossChange()));
        try (LedgerCommand check = LedgerCommand.run("check", "--bootstrap-server", ledger.bootstrapServers(), run)) {
            assertThat(check.output()).contains("2 complete steps, nothing found");
            assertThat(check.exitCode()).isZero();
        }
    }

    /** Where no Kafka can be reached: into a file, until the trainer is killed; then whatever is whole is booked. */
    @Test
    void relaysTheFileOfATrainerThatWasKilled() throws Exception {
        Path file = folder.resolve("run.ll");
        try (UserProgram training = example("mlp", "file:" + file, 1_000_000);
                LedgerCommand relay = LedgerCommand.start(
                        "relay", "--bootstrap-server", ledger.bootstrapServers(), "--follow", file)) {
            awaitSize(file, 100_000, training);
            training.kill();
            assertThat(relay.isAlive()).as(relay.errors()).isTrue();
        }
        long whole;
        try (LedgerCommand check = LedgerCommand.run("check", file)) {
            assertThat(check.output()).contains("nothing found");
            whole = Long.parseLong(check.output().replaceAll("(?s).* records, (\\d+) complete steps.*", "$1"));
        }
        try (LedgerCommand relay = LedgerCommand.run("relay", "--bootstrap-server", ledger.bootstrapServers(), file)) {
            assertThat(relay.errors()).contains("is still open: its file has no end yet");
            assertThat(relay.exitCode()).isEqualTo(4);
        }
        String run = newestRun();
        try (LedgerCommand end =
                LedgerCommand.run("runs", "end", "--bootstrap-server", ledger.bootstrapServers(), "--force", run)) {
            assertThat(end.exitCode()).as(end.errors()).isZero();
        }

        WindowRow closing = ledger.closing(run);
        assertThat(whole).isGreaterThan(5);
        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
        assertThat(ledger.rows(LedgerTopic.STEP, run, StepRow.class).stream()
                        .filter(row -> row.getObjective().equals("train")))
                .hasSize((int) whole);
    }

    private static void awaitSize(Path file, long bytes, UserProgram writer) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!Files.exists(file) || Files.size(file) < bytes) {
            assertThat(writer.isAlive()).as(writer.errors()).isTrue();
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static String newestRun() {
        Map<String, RunManifest> runs =
                RunManifests.read(Map.of("bootstrap.servers", ledger.bootstrapServers()), "lossledger.");
        return runs.values().stream()
                .max((a, b) -> Long.compare(
                        a.getStarted().getSeconds() * 1_000 + a.getStarted().getNanos() / 1_000_000,
                        b.getStarted().getSeconds() * 1_000 + b.getStarted().getNanos() / 1_000_000))
                .orElseThrow()
                .getRun();
    }

    private static UserProgram example(String name, String to, int steps) throws Exception {
        Path script = ROOT.resolve("examples/pytorch").resolve(name + ".py");
        return new UserProgram(python(script.toString(), to, Integer.toString(steps)));
    }

    private static ProcessBuilder python(String... arguments) {
        ProcessBuilder python = new ProcessBuilder(PYTHON);
        python.command().addAll(List.of(arguments));
        python.environment().put("PYTHONPATH", ROOT.resolve("python/src").toString());
        python.environment().put("OMP_NUM_THREADS", "1");
        return python;
    }
}
