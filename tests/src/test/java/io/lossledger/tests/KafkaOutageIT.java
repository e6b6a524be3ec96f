package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka goes away in the middle of a training: training goes on, and what is booked is right. For a quarter of a minute, or for one with
 * {@code lossledger.long} set to {@code true}.
 */
@Tag("long")
class KafkaOutageIT {
    private static final Duration OUTAGE = Duration.ofSeconds(Boolean.getBoolean("lossledger.long") ? 60 : 15);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Half of it may be unsent: three steps of 84,060 parameters in four vectors. */
    private static final int BUFFER_BYTES = 8 << 20;

    private static final int STEPS_BEFORE = 20;
    private static final int STEPS_DURING = 60;
    /** Most steps until the producer has noticed that Kafka is back. */
    private static final int STEPS_UNTIL_BACK = 60;

    private static final int STEPS_AFTER = 20;
    private static final int STEPS = STEPS_BEFORE + STEPS_DURING + STEPS_UNTIL_BACK + STEPS_AFTER;

    @Test
    void trainingGoesOnAndWhatIsBookedIsRight(@TempDir Path directory) throws Exception {
        try (RunningLedger ledger = RunningLedger.start(directory, StablePort.find())) {
            train("undisturbed", ledger.publishing(), step -> {});
            ledger.closing("undisturbed");

            PublishReport report = trainThroughAnOutage("disturbed", ledger);
            WindowRow closing = ledger.closing("disturbed");
            List<StepRow> rows = ledger.rows(LedgerTopic.STEP, "disturbed", StepRow.class);

            assertEveryStepIsAccountedFor(report, closing, rows);
            assertThat(closing.getLca())
                    .isEqualTo(rows.get(rows.size() - 1).getCumulativeLca())
                    .isNegative();
            assertSameBooks(rows, ledger.rows(LedgerTopic.STEP, "undisturbed", StepRow.class));
            RunManifest manifest = manifest(ledger);
            assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
            assertThat(manifest.getSkippedSteps()).isEqualTo(closing.getMissingSteps());
            assertThat(manifest.getLastStep()).isEqualTo(STEPS - 1);
        }
    }

    private static PublishReport trainThroughAnOutage(String run, RunningLedger ledger) throws Exception {
        PublisherSettings publishing = new PublisherSettings(
                "lossledger.",
                64 << 10,
                PATIENCE,
                Map.of("bootstrap.servers", ledger.bootstrapServers(), "buffer.memory", BUFFER_BYTES));
        Pace pace = new Pace(STEPS_BEFORE);
        FutureTask<PublishReport> training = new FutureTask<>(() -> train(run, publishing, pace));
        new Thread(training, "training").start();
        awaitBooked(STEPS_BEFORE - 1, run, ledger);

        ledger.stopBroker();
        long longest = 0;
        int next = STEPS_BEFORE;
        while (next < STEPS_BEFORE + STEPS_DURING) {
            long start = System.nanoTime();
            advance(pace, ++next);
            longest = Math.max(longest, System.nanoTime() - start);
            assertGoesOn(training, OUTAGE.dividedBy(STEPS_DURING));
        }
        ledger.restartBroker();

        long records = ledger.records(LedgerTopic.UPDATE);
        while (ledger.records(LedgerTopic.UPDATE) == records) {
            assertThat(next).as("steps until updates come again").isLessThan(STEPS - STEPS_AFTER);
            advance(pace, ++next);
            assertGoesOn(training, Duration.ofMillis(500));
        }
        pace.allow(STEPS + 1);
        PublishReport report = training.get(1, TimeUnit.MINUTES);
        System.out.printf(
                Locale.ROOT,
                "outage: sent %d steps, skipped %s, failed records %d, longest step during it %d ms%n",
                report.steps(),
                report.skipped(),
                report.failedRecords(),
                TimeUnit.NANOSECONDS.toMillis(longest));
        return report;
    }

    private static void advance(Pace pace, int steps) {
        pace.allow(steps);
        pace.awaitMeasured(steps);
    }

    private static void assertGoesOn(FutureTask<PublishReport> training, Duration time) {
        assertThatThrownBy(() -> training.get(time.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
    }

    private static void assertEveryStepIsAccountedFor(PublishReport report, WindowRow closing, List<StepRow> rows) {
        assertThat(report.failedRecords()).as(report.firstFailure().orElse("")).isZero();
        assertThat(report.skipped()).containsOnlyKeys(SkipReason.KAFKA_AWAY);
        assertThat(report.steps() + report.skippedSteps()).isEqualTo(STEPS);
        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(closing.getSteps()).isEqualTo((int) report.steps()).isEqualTo(rows.size());
        assertThat(closing.getMissingSteps()).isEqualTo((int) report.skippedSteps());
        // Those few that fitted into the buffer are booked too.
        assertThat(rows)
                .extracting(StepRow::getStep)
                .containsAll(IntStream.range(0, STEPS_BEFORE).boxed().toList())
                .containsAll(
                        IntStream.range(STEPS - STEPS_AFTER + 1, STEPS).boxed().toList());
        assertThat(report.skippedSteps()).isGreaterThan(STEPS_DURING - 5);
    }

    /** To the bit: the same seed, evaluated on as many threads, and added up in the same order. */
    private static void assertSameBooks(List<StepRow> rows, List<StepRow> undisturbed) {
        assertThat(undisturbed).hasSize(STEPS);
        Map<Integer, StepRow> booked = new HashMap<>();
        double largest = 0;
        for (StepRow row : rows) {
            StepRow expected = undisturbed.get(row.getStep());
            assertThat(row.getLossStart()).isEqualTo(expected.getLossStart());
            assertThat(row.getLossEnd()).isEqualTo(expected.getLossEnd());
            assertThat(row.getLossChange()).isEqualTo(expected.getLossChange());
            assertThat(row.getLca()).isEqualTo(expected.getLca());
            assertThat(row.getHelp()).isEqualTo(expected.getHelp());
            assertThat(row.getHarm()).isEqualTo(expected.getHarm());

            double residual = row.getLossEnd() - row.getLossStart() - row.getLca();
            assertThat(row.getResidual()).isEqualTo(residual);
            largest = Math.max(largest, Math.abs(residual));
            StepRow before = booked.get(row.getStep() - 1);
            if (before != null) {
                assertThat(row.getLossStart()).isEqualTo(before.getLossEnd());
            }
            assertThat(row.getMissingBefore()).isEqualTo(row.getStep() - lastBefore(row, booked) - 1);
            booked.put(row.getStep(), row);
        }
        System.out.printf(Locale.ROOT, "outage: largest residual of a booked step %.2e%n", largest);
        assertThat(largest).isLessThan(5e-4);
    }

    private static int lastBefore(StepRow row, Map<Integer, StepRow> booked) {
        return booked.keySet().stream()
                .mapToInt(Integer::intValue)
                .filter(step -> step < row.getStep())
                .max()
                .orElse(-1);
    }

    private static void awaitBooked(int step, String run, RunningLedger ledger) throws Exception {
        ledger.await(LedgerTopic.STEP, run, StepRow.class, row -> row.getStep() == step);
    }

    private static PublishReport train(String run, PublisherSettings publishing, Consumer<StepUpdate> observer)
            throws IOException {
        return new Trainer(Trainings.of(run, STEPS, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32, 500), publishing)
                .run(observer);
    }

    private static RunManifest manifest(RunningLedger ledger) {
        return Objects.requireNonNull(
                RunManifests.read(Map.of("bootstrap.servers", ledger.bootstrapServers()), "lossledger.")
                        .get("disturbed"));
    }
}
