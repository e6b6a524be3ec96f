package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of three steps. */
class WindowTest {
    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(directory);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void closesOnItsLastStep() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 1, -1));
        assertThat(ledger.windows()).isEmpty();
        ledger.send(Updates.step("r", 2, 2));

        List<WindowRow> rows = ledger.windows();
        assertThat(rows)
                .extracting(WindowRow::getKind, WindowRow::getLayer, WindowRow::getFirstStep, WindowRow::getLastStep)
                .containsExactly(
                        tuple(WindowKind.WINDOW_KIND_STEPS, "", 0, 2),
                        tuple(WindowKind.WINDOW_KIND_STEPS, "first", 0, 2));
        WindowRow model = rows.get(0);
        assertThat(model.getSteps()).isEqualTo(3);
        assertThat(model.getSize()).isEqualTo(3);
        assertThat(model.getLca()).isCloseTo(3 - 3 + 6, within(1e-12));
        assertThat(model.getLossChange()).isEqualTo(9);
        assertThat(model.getResidual()).isCloseTo(3, within(1e-12));
        assertThat(model.getHelpedStepShare()).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(model.getParameters()).isEqualTo(6);
        assertThat(model.getHelpedParameters()).isEqualTo(2 + 3 + 2);
        assertThat(model.getZeroParameters()).isEqualTo(3);
        assertThat(model.getLargestHarm()).isCloseTo(10, within(1e-12));
        assertThat(rows.get(1).hasLossChange()).isFalse();
    }

    @Test
    void closesWithTheFirstStepAfterItAndCountsItsMissingSteps() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 4, 1));
        ledger.send(Updates.step("r", 5, 1));

        assertThat(ledger.windows())
                .filteredOn(row -> row.getLayer().isEmpty())
                .extracting(WindowRow::getWindow, WindowRow::getSteps, WindowRow::getMissingSteps)
                .containsExactly(tuple(0, 1, 2), tuple(1, 2, 1));
    }

    /** Windows of three steps; step 2 is missing, and with it the change from 7.5 to 7.25. */
    @Test
    void statesTheLossBeforeItsFirstAndAfterItsLastBookedStep() {
        ledger.send(withLosses(Updates.step("r", 0, 1), 10, 8));
        ledger.send(withLosses(Updates.step("r", 1, 1), 8, 7.5));
        ledger.send(withLosses(Updates.step("r", 3, 1), 7.25, Double.NaN));
        ledger.send(withLosses(Updates.step("r", 4, 1), Double.NaN, 6));
        ledger.send(Updates.end("r", 5));

        List<WindowRow> rows = ledger.windows();
        assertThat(rows)
                .filteredOn(row -> row.getLayer().isEmpty())
                .extracting(WindowRow::getKind, WindowRow::getLossStart, WindowRow::getLossEnd)
                .containsExactly(
                        tuple(WindowKind.WINDOW_KIND_STEPS, 10.0, 7.5),
                        tuple(WindowKind.WINDOW_KIND_STEPS, 7.25, 6.0),
                        tuple(WindowKind.WINDOW_KIND_RUN, 10.0, 6.0));
        assertThat(rows)
                .filteredOn(row -> !row.getLayer().isEmpty())
                .hasSize(3)
                .noneMatch(row -> row.hasLossStart() || row.hasLossEnd());
    }

    @Test
    void closesWithTheRunAndWritesTheClosingBalance() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.end("r", 3)[0]);
        assertThat(ledger.windows()).isEmpty();
        ledger.send(Updates.end("r", 3)[1]);

        assertThat(ledger.windows())
                .extracting(
                        WindowRow::getKind,
                        WindowRow::getLayer,
                        WindowRow::getSteps,
                        WindowRow::getMissingSteps,
                        WindowRow::getOutcome)
                .containsExactly(
                        tuple(WindowKind.WINDOW_KIND_STEPS, "", 1, 2, RunStatus.RUN_STATUS_UNSPECIFIED),
                        tuple(WindowKind.WINDOW_KIND_STEPS, "first", 1, 2, RunStatus.RUN_STATUS_UNSPECIFIED),
                        tuple(WindowKind.WINDOW_KIND_RUN, "", 1, 2, RunStatus.RUN_STATUS_FINISHED),
                        tuple(WindowKind.WINDOW_KIND_RUN, "first", 1, 2, RunStatus.RUN_STATUS_FINISHED));
    }

    @Test
    void closesARunWithoutSteps() {
        ledger.send(Updates.end("r", 0));

        assertThat(ledger.windows())
                .extracting(WindowRow::getKind, WindowRow::getSteps, WindowRow::getOutcome)
                .containsExactly(tuple(WindowKind.WINDOW_KIND_RUN, 0, RunStatus.RUN_STATUS_FINISHED));
    }

    /** A newer producer may know more ways to end. */
    @Test
    void passesOnAnUnknownOutcome() {
        ledger.send(Updates.step("r", 0, 1));
        for (Update update : Updates.end("r", 1)) {
            Update.Builder newer = update.toBuilder();
            newer.getFinishedBuilder().setOutcomeValue(99);
            ledger.send(newer.build());
        }

        assertThat(ledger.canonical(LedgerTopic.WINDOW)).last().asString().contains("\"outcome\":99");
    }

    private static Update[] withLosses(Update[] updates, double start, double end) {
        for (int i = 0; i < updates.length; i++) {
            Update.Builder update = updates[i].toBuilder();
            update.getTensorChunkBuilder()
                    .getObjectivesBuilder(0)
                    .setLossStart(start)
                    .setLossEnd(end);
            updates[i] = update.build();
        }
        return updates;
    }
}
