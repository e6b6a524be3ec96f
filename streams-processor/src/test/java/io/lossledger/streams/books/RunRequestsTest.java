package io.lossledger.streams.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunRequest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.letters.DeadLetters;
import io.lossledger.streams.topology.AllocateParametersProcessor;
import io.lossledger.streams.topology.BalanceStepsProcessor;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that someone other than their trainer ends or deletes. */
class RunRequestsTest {
    private static final int PARTITIONS = 3;

    @TempDir
    Path directory;

    @Test
    void endsARunWhoseTrainerIsGoneAfterItsLastStep() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            steps(ledger, "dead", 0, 4);
            ledger.send(Updates.step("dead", 4, 1)[0]);

            request(ledger, "dead", RunAction.RUN_ACTION_END, 0, 1);
            assertThat(closings(ledger)).isEmpty();
            request(ledger, "dead", RunAction.RUN_ACTION_END, 2);

            WindowRow closing = closings(ledger).get(0);
            assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
            assertThat(closing.getSteps()).isEqualTo(4);
            assertThat(closing.getMissingSteps()).isEqualTo(1);
            assertThat(closing.getLca()).isCloseTo(4 * 3.0, within(1e-12));
            assertThat(ledger.alerts().stream().map(AlertRow::getMessage))
                    .contains("Step 4 is missing: 1 of 2 chunks of step 4 came");
        }
    }

    @Test
    void endsARunAsItsTrainerReportedWhenAnEndMarkerWasLost() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            steps(ledger, "r", 0, 3);
            ledger.send(Updates.end("r", 3)[0]);

            request(ledger, "r", RunAction.RUN_ACTION_END, 0, 1, 2);

            WindowRow closing = closings(ledger).get(0);
            assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
            assertThat(closing.getMissingSteps()).isZero();
        }
    }

    /** The second chunk's partition is read last, and so is its record of the request. */
    @Test
    void booksUnreadRecordsOfAnotherPartitionFirst() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            for (int step = 0; step < 5; step++) {
                ledger.send(Updates.step("r", step, 1)[0]);
            }
            request(ledger, "r", RunAction.RUN_ACTION_END, 0, 1);
            for (int step = 0; step < 5; step++) {
                ledger.send(Updates.step("r", step, 1)[1]);
            }
            assertThat(ledger.steps()).hasSize(5);
            assertThat(closings(ledger)).isEmpty();
            request(ledger, "r", RunAction.RUN_ACTION_END, 2);

            assertThat(closings(ledger)).first().satisfies(closing -> {
                assertThat(closing.getSteps()).isEqualTo(5);
                assertThat(closing.getMissingSteps()).isZero();
            });
        }
    }

    @Test
    void leavesAnEndedRunUnchangedAndRefusesLaterRecords() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            steps(ledger, "r", 0, 3);
            ledger.send(Updates.end("r", 3));
            ledger.windows();

            request(ledger, "r", RunAction.RUN_ACTION_END, 0, 1, 2);
            assertThat(ledger.windows()).isEmpty();
            ledger.send(Updates.step("r", 2, 1)); // has been booked: a duplicate
            assertThat(ledger.rejected()).isEmpty();
            ledger.send(Updates.step("r", 3, 1)[0]);
            assertThat(reason(ledger.rejected()))
                    .isEqualTo("update.step: must be below 3, as the run r has ended. Found: 3");
        }
    }

    @Test
    void deletesTheBooksOfARunAndRefusesLaterRecords() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            steps(ledger, "gone", 0, 3);
            ledger.send(Updates.step("gone", 3, 1)[0]);
            steps(ledger, "stays", 0, 3);

            request(ledger, "gone", RunAction.RUN_ACTION_DELETE, 2, 0, 1);

            assertThat(closings(ledger)).singleElement().satisfies(answer -> {
                assertThat(answer.getRun()).isEqualTo("gone");
                assertThat(answer.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_DELETED);
                assertThat(answer.getObjective()).isEmpty();
            });
            ledger.advance(BalanceStepsProcessor.SWEEP_PERIOD.multipliedBy(3));
            assertThat(ledger.keys(LedgerStores.BOOKS_STORE)).containsExactly("stays");
            assertThat(ledger.keys(LedgerStores.UNITS_STORE)).allMatch(key -> key.startsWith("stays|"));
            assertThat(ledger.keys(LedgerStores.PENDING_CHUNKS_STORE)).isEmpty();

            ledger.steps();
            ledger.send(Updates.step("gone", 0, 1)[0]);
            assertThat(reason(ledger.rejected()))
                    .isEqualTo("update.run: must be one that was not deleted. Found: gone");
            steps(ledger, "stays", 3, 4);
            assertThat(ledger.steps()).extracting(StepRow::getRun).containsExactly("stays");
        }
    }

    @Test
    void answersForAnUnknownRun() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            request(ledger, "unknown", RunAction.RUN_ACTION_END, 0, 1, 2);
            assertThat(closings(ledger))
                    .first()
                    .extracting(WindowRow::getOutcome)
                    .isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
            request(ledger, "unknown", RunAction.RUN_ACTION_DELETE, 0, 1, 2);
            assertThat(closings(ledger))
                    .first()
                    .extracting(WindowRow::getOutcome)
                    .isEqualTo(RunStatus.RUN_STATUS_DELETED);
        }
    }

    @Test
    void keepsRequestsToEndAndToDeleteSeparate() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            steps(ledger, "r", 0, 2);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                request(ledger, "r", RunAction.RUN_ACTION_END, partition);
                request(ledger, "r", RunAction.RUN_ACTION_DELETE, partition);
            }
            assertThat(closings(ledger))
                    .extracting(WindowRow::getOutcome)
                    .containsSubsequence(RunStatus.RUN_STATUS_INTERRUPTED, RunStatus.RUN_STATUS_DELETED);
        }
    }

    @Test
    void waitsForTheNewPartitionsOfATopic() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            steps(ledger, "r", 0, 2);
            request(ledger, "r", RunAction.RUN_ACTION_END, 0);
            ledger.send(record("r", RunAction.RUN_ACTION_END, 0, 4), record("r", RunAction.RUN_ACTION_END, 1, 4));
            ledger.send(record("r", RunAction.RUN_ACTION_END, 2, 4));
            assertThat(closings(ledger)).isEmpty();
            ledger.send(record("r", RunAction.RUN_ACTION_END, 3, 4));
            assertThat(closings(ledger)).isNotEmpty();
        }
    }

    @Test
    void refusesARequestThatBreaksTheContract() {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            ledger.send(Updates.step("r", 0, 1)[0].toBuilder().setSession(5).build());
            ledger.send(record("r", RunAction.RUN_ACTION_END, 0, 1).toBuilder()
                    .setSession(6)
                    .build());
            assertThat(reason(ledger.rejected()))
                    .isEqualTo("update.session: must be 5, as in the first record of the run. Found: 6");
            ledger.send(record("r", RunAction.RUN_ACTION_END, 3, 3));
            assertThat(reason(ledger.rejected())).isEqualTo("update.request.partition: must be from 0 to 2. Found: 3");
            ledger.send(record("r", RunAction.RUN_ACTION_END, 0, 0));
            assertThat(reason(ledger.rejected()))
                    .isEqualTo("update.request.partitions: must be from 1 to 100000. Found: 0");
            ledger.send(record("r", RunAction.RUN_ACTION_UNSPECIFIED, 0, 1));
            assertThat(reason(ledger.rejected()))
                    .isEqualTo("update.request.action: must be RUN_ACTION_END or RUN_ACTION_DELETE. Found: 0");
        }
    }

    @Test
    void forgetsWhichParametersWereWritten() {
        ResultSettings some = ResultSettings.DEFAULT;
        ResultSettings parameters = new ResultSettings(
                some.windows(),
                some.alertSteps(),
                some.residualTolerance(),
                some.falseAlarmRate(),
                some.maxPendingSteps(),
                true);
        try (LedgerDriver ledger = new LedgerDriver(LedgerDriver.settings(directory, parameters))) {
            steps(ledger, "ended", 0, 2);
            steps(ledger, "dead", 0, 2);
            steps(ledger, "open", 0, 2);
            ledger.send(Updates.end("ended", 2));
            request(ledger, "dead", RunAction.RUN_ACTION_END, 0, 1, 2);
            assertThat(ledger.keys(AllocateParametersProcessor.PROGRESS_STORE))
                    .containsExactlyInAnyOrder("open|0|0", "open|1|1");
        }
    }

    static Update record(String run, RunAction action, int partition, int partitions) {
        return Update.newBuilder()
                .setRun(run)
                .setRequest(RunRequest.newBuilder()
                        .setAction(action)
                        .setPartition(partition)
                        .setPartitions(partitions))
                .build();
    }

    private static void request(LedgerDriver ledger, String run, RunAction action, int... partitions) {
        for (int partition : partitions) {
            ledger.send(record(run, action, partition, PARTITIONS));
        }
    }

    private static void steps(LedgerDriver ledger, String run, int from, int to) {
        for (int step = from; step < to; step++) {
            ledger.send(Updates.step(run, step, 1));
        }
    }

    private static List<WindowRow> closings(LedgerDriver ledger) {
        return ledger.windows().stream()
                .filter(row -> row.getKind() == WindowKind.WINDOW_KIND_RUN)
                .toList();
    }

    private static String reason(List<TestRecord<byte[], byte[]>> rejected) {
        assertThat(rejected).hasSize(1);
        return new String(
                rejected.get(0).headers().lastHeader(DeadLetters.REASON).value(), StandardCharsets.UTF_8);
    }
}
