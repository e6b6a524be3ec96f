package io.lossledger.streams.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks of five steps; at most three steps may wait. */
class AlertRulesTest {
    private static final AlertState OPENED = AlertState.ALERT_STATE_OPENED;
    private static final AlertState CLOSED = AlertState.ALERT_STATE_CLOSED;

    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ResultSettings settings = new ResultSettings(List.of(), 5, 0.05, 0.01, 3, false);
        ledger = new LedgerDriver(LedgerDriver.settings(directory, settings));
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void isSilentAboutATrainingInOrder() {
        for (int step = 0; step < 200; step++) {
            ledger.send(Updates.layers("r", step, -1, -0.5 - 0.1 * (step % 3), step % 2 == 0 ? 0.2 : -0.3));
        }
        ledger.send(end(200, 3));

        assertThat(ledger.alerts()).isEmpty();
    }

    @Test
    void opensWhenALayerHurtsAndClosesWhenItHelpsAgain() {
        for (int step = 0; step < 100; step++) {
            ledger.send(Updates.layers("r", step, -2, 1));
        }
        // 2,000 is reached by 1.5 to the 19th; the first of the 20 blocks only sets the scale.
        AlertRow opened = only(ledger.alerts());
        assertThat(opened.getRule()).isEqualTo("layer-hurts");
        assertThat(opened.getState()).isEqualTo(OPENED);
        assertThat(opened.getLayer()).isEqualTo("layer1");
        assertThat(opened.getObjective()).isEqualTo("train");
        assertThat(opened.getStep()).isEqualTo(99);
        assertThat(opened.getThreshold()).isEqualTo(2_000);
        assertThat(opened.getValue()).isCloseTo(Math.pow(1.5, 19), within(1e-6));
        assertThat(opened.getMessage())
                .isEqualTo("Layer layer1 hurts: its LCA on objective train over steps 5 to 99 is +95.00");

        for (int step = 100; step < 195; step++) {
            ledger.send(Updates.layers("r", step, -2, -1));
        }
        AlertRow closed = only(ledger.alerts());
        assertThat(closed.getState()).isEqualTo(CLOSED);
        assertThat(closed.getOpenedStep()).isEqualTo(99);
        assertThat(closed.getStep()).isEqualTo(194);
        assertThat(closed.getMessage())
                .isEqualTo("Layer layer1 helps again: its LCA on objective train over steps 100 to 194 is -95.00");
    }

    @Test
    void opensWhenTheBooksOfABlockDoNotBalance() {
        for (int step = 0; step < 15; step++) {
            double loss = step < 5 ? -1.5 : step < 10 ? -1.7 : -1.5;
            Update[] updates = Updates.layers("r", step, -1, -0.5);
            ledger.send(change(updates, objective -> objective.setLossEnd(1 + loss)));
        }

        List<AlertRow> rows = ledger.alerts();
        assertThat(rows)
                .extracting(AlertRow::getRule, AlertRow::getState, AlertRow::getOpenedStep, AlertRow::getStep)
                .containsExactly(tuple("residual", OPENED, 9, 9), tuple("residual", CLOSED, 9, 14));
        assertThat(rows.get(0).getValue()).isCloseTo(0.2 / 1.7, within(1e-9));
        assertThat(rows.get(0).getThreshold()).isEqualTo(0.05);
        assertThat(rows.get(0).getMessage())
                .isEqualTo(
                        "The books of objective train do not balance: over steps 5 to 9 the residual is 11.8 % of what the"
                                + " loss or the layers moved");
    }

    @Test
    void opensAtACappedStepAndClosesAfterABlockWithoutOne() {
        for (int step = 0; step < 15; step++) {
            boolean capped = step == 2 || step == 7;
            Update[] updates = Updates.layers("r", step, -1, -0.5);
            ledger.send(change(updates, objective -> objective.setCapped(capped)));
        }

        assertThat(ledger.alerts())
                .extracting(AlertRow::getRule, AlertRow::getState, AlertRow::getOpenedStep, AlertRow::getStep)
                .containsExactly(tuple("cap-reached", OPENED, 2, 2), tuple("cap-reached", CLOSED, 2, 14));
    }

    @Test
    void opensWhileTheLossIsNotFinite() {
        double[] losses = {1, Double.NaN, Double.POSITIVE_INFINITY, 1, 1};
        for (int step = 0; step < losses.length; step++) {
            double end = losses[step];
            ledger.send(change(Updates.layers("r", step, -1), objective -> objective.setLossEnd(end)));
        }

        List<AlertRow> rows = ledger.alerts();
        assertThat(rows)
                .extracting(AlertRow::getRule, AlertRow::getState, AlertRow::getStep, AlertRow::getMessage)
                .containsExactly(
                        tuple("loss-not-finite", OPENED, 1, "The loss of objective train is NaN"),
                        tuple("loss-not-finite", CLOSED, 3, "The loss of objective train is finite again"));
    }

    @Test
    void opensAfterAGapAndSaysWhatArrived() {
        ledger.send(Updates.layers("r", 0, -1, 1));
        ledger.send(Updates.layers("r", 2, -1, 1)[0]);
        for (int step = 4; step < 13; step++) {
            ledger.send(Updates.layers("r", step, -1, 1));
        }

        assertThat(ledger.alerts())
                .extracting(
                        AlertRow::getRule,
                        AlertRow::getState,
                        AlertRow::getStep,
                        AlertRow::getValue,
                        AlertRow::getMessage)
                .containsExactly(
                        tuple(
                                "steps-missing",
                                OPENED,
                                4,
                                3.0,
                                "Steps 1 to 3 are missing: 1 of 2 chunks of step 2 came"),
                        tuple("steps-missing", CLOSED, 12, 0.0, "No step is missing among steps 8 to 12"));
    }

    /** One chunk is lost for good, in every step. */
    @Test
    void givesUpTheFirstStepWhenTooManyWait() {
        for (int step = 0; step < 5; step++) {
            ledger.send(Updates.layers("r", step, -1, 1)[0]);
        }

        assertThat(ledger.alerts())
                .extracting(AlertRow::getRule, AlertRow::getState, AlertRow::getStep, AlertRow::getMessage)
                .containsExactly(tuple(
                        "steps-missing",
                        OPENED,
                        3,
                        "Step 0 is missing: 1 of 2 chunks of step 0 came, and too many later steps are waiting"));
        ledger.send(Updates.layers("r", 1, -1, 1)[1]); // was given up
        assertThat(ledger.steps()).isEmpty();
        ledger.send(Updates.layers("r", 2, -1, 1)[1]);
        assertThat(ledger.steps()).singleElement().satisfies(row -> {
            assertThat(row.getStep()).isEqualTo(2);
            assertThat(row.getMissingBefore()).isEqualTo(2);
        });
        assertThat(ledger.counted(LedgerMetric.MISSING_STEPS)).isEqualTo(2);
    }

    @Test
    void closesWithTheRun() {
        ledger.send(change(Updates.layers("r", 0, -1), objective -> objective.setCapped(true)));
        ledger.send(end(3, 1));

        assertThat(ledger.alerts())
                .extracting(AlertRow::getRule, AlertRow::getState, AlertRow::getStep, AlertRow::getMessage)
                .containsExactly(
                        tuple(
                                "cap-reached",
                                OPENED,
                                0,
                                "The producer wants a finer rule for objective train than its cap allows"),
                        tuple(
                                "steps-missing",
                                OPENED,
                                2,
                                "Steps 1 to 2 are missing: never came, or could not be booked"),
                        tuple("cap-reached", CLOSED, 2, "The run has ended"),
                        tuple("steps-missing", CLOSED, 2, "The run has ended"));
    }

    @Test
    void opensWhenTheClosingBalanceIsOff() {
        for (int step = 0; step < 3; step++) {
            double loss = step == 0 ? -1.9 : -1.5;
            ledger.send(change(Updates.layers("r", step, -1, -0.5), objective -> objective.setLossEnd(1 + loss)));
        }
        ledger.send(end(3, 2));

        List<AlertRow> rows = ledger.alerts();
        assertThat(rows)
                .extracting(AlertRow::getRule, AlertRow::getState, AlertRow::getStep)
                .containsExactly(tuple("residual", OPENED, 2), tuple("residual", CLOSED, 2));
        assertThat(rows.get(0).getValue()).isCloseTo(0.4 / 4.9, within(1e-9));
        assertThat(rows.get(0).getMessage())
                .isEqualTo("The closing balance of objective train is off: the residual is 8.16 % of the net change of"
                        + " the loss or the layers");
    }

    @Test
    void opensWhileTheTrainerWarns() {
        String[] warnings = {"", "Look here", "Look there", "", "Again"};
        for (int step = 0; step < warnings.length; step++) {
            Update[] updates = Updates.layers("r", step, -1, -0.5);
            for (int chunk = 0; chunk < updates.length; chunk++) {
                Update.Builder update = updates[chunk].toBuilder();
                update.getFactsBuilder().setWarning(warnings[step]);
                updates[chunk] = update.build();
            }
            ledger.send(updates);
        }

        assertThat(ledger.alerts())
                .extracting(AlertRow::getRule, AlertRow::getState, AlertRow::getStep, AlertRow::getMessage)
                .containsExactly(
                        tuple("trainer-warning", OPENED, 1, "Look here"),
                        tuple("trainer-warning", CLOSED, 3, "The trainer no longer reports a warning"),
                        tuple("trainer-warning", OPENED, 4, "Again"));
    }

    private static AlertRow only(List<AlertRow> rows) {
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static Update[] end(int step, int chunks) {
        Update[] markers = new Update[chunks];
        for (int chunk = 0; chunk < chunks; chunk++) {
            markers[chunk] = Updates.end("r", step)[0].toBuilder()
                    .setTensor(chunk)
                    .setChunk(chunk)
                    .setChunksInStep(chunks)
                    .build();
        }
        return markers;
    }

    private static Update[] change(Update[] updates, Consumer<ObjectiveChunk.Builder> change) {
        Update[] changed = new Update[updates.length];
        for (int i = 0; i < updates.length; i++) {
            Update.Builder update = updates[i].toBuilder();
            change.accept(update.getTensorChunkBuilder().getObjectivesBuilder(0));
            changed[i] = update.build();
        }
        return changed;
    }
}
