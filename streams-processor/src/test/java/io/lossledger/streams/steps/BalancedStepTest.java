package io.lossledger.streams.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BalancedStepTest {
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
    void publishesNothingBeforeTheLastChunk() {
        ledger.send(Updates.step("r", 0, 1)[0]);

        assertThat(ledger.layers()).isEmpty();
        assertThat(ledger.steps()).isEmpty();
    }

    @Test
    void addsUpALayerByHand() {
        ledger.send(Updates.step("r", 0, 1));

        LayerRow row = ledger.layers().get(0);
        assertThat(row.getRun()).isEqualTo("r");
        assertThat(row.getLayer()).isEqualTo("first");
        assertThat(row.getParameters()).isEqualTo(6);
        assertThat(row.getLca()).isCloseTo(3, within(1e-12));
        assertThat(row.getHelp()).isCloseTo(-6, within(1e-12));
        assertThat(row.getHarm()).isCloseTo(9, within(1e-12));
        assertThat(row.getHelpedParameters()).isEqualTo(2);
        assertThat(row.getHurtParameters()).isEqualTo(3);
        assertThat(row.getZeroParameters()).isEqualTo(1);
        assertThat(row.getNonfiniteParameters()).isZero();
        assertThat(row.getHelpedShare()).isEqualTo(2.0 / 6);
        assertThat(row.getHelpedShareOfNonzero()).isEqualTo(2.0 / 5);
        assertThat(row.getSumOfSquares()).isCloseTo(1 + 4 + 9 + 16 + 25, within(1e-12));
        assertThat(row.getLargestHelp()).isCloseTo(-4, within(1e-12));
        assertThat(row.getLargestHarm()).isCloseTo(5, within(1e-12));
        assertThat(row.getEstimate()).isCloseTo(0, within(1e-12));
    }

    /** The gradients are 1; the updates are 1, -2, 3, -4 in one chunk and 0, 5 in the other. */
    @Test
    void splitsALayersLcaIntoNormsAndTheirCosine() {
        ledger.send(Updates.step("r", 0, 1));

        LayerRow row = ledger.layers().get(0);
        assertThat(row.getGradientNorm()).isCloseTo(Math.sqrt(6), within(1e-12));
        assertThat(row.getDeltaNorm()).isCloseTo(Math.sqrt(1 + 4 + 9 + 16 + 25), within(1e-12));
        assertThat(row.getCosine()).isCloseTo(3 / Math.sqrt(6 * 55), within(1e-12));
    }

    @Test
    void hasNoCosineWhereNothingMoves() {
        ledger.send(
                Updates.weights("r", 0, Updates.fill(4, 0), Updates.fill(4, 3), Updates.fill(4, 3), Updates.fill(4, 3)),
                Updates.biases("r", 0, Updates.fill(2, 0), Updates.fill(2, 0), Updates.fill(2, 0), Updates.fill(2, 0)));

        LayerRow row = ledger.layers().get(0);
        assertThat(row.getGradientNorm()).isCloseTo(6, within(1e-12));
        assertThat(row.hasDeltaNorm()).isTrue();
        assertThat(row.getDeltaNorm()).isZero();
        assertThat(row.hasCosine()).isFalse();
    }

    @Test
    void estimatesTheErrorFromTheTrapezoidBeforeErrorsCancel() {
        // Simpson averages (0 + 4 · 0 + 6) / 6 = 1, the trapezoid 3; deltas 1 and -1 cancel in the sum.
        ledger.send(
                Updates.weights(
                        "r", 0, new double[] {1, -1, 0, 0}, Updates.fill(4, 0), Updates.fill(4, 0), Updates.fill(4, 6)),
                Updates.step("r", 0, 0)[1]);

        LayerRow row = ledger.layers().get(0);
        assertThat(row.getEstimate()).isCloseTo(0, within(1e-12));
        assertThat(row.getAbsoluteEstimate()).isCloseTo(4, within(1e-12));
    }

    @Test
    void combinesAUnitsWeightsAndBias() {
        ledger.send(Updates.step("r", 0, 1));

        UnitRow row = ledger.units().get(0);
        assertThat(row.getUnits()).isEqualTo(2);
        assertThat(row.getUnitLca(0)).isCloseTo(1 - 2 + 0, within(1e-12));
        assertThat(row.getUnitLca(1)).isCloseTo(3 - 4 + 5, within(1e-12));
    }

    @Test
    void comparesTheSumWithTheLossChange() {
        ledger.send(Updates.step("r", 0, 1));

        StepRow row = ledger.steps().get(0);
        assertThat(row.getObjective()).isEqualTo("train");
        assertThat(row.getRule()).isEqualTo("simpson-2");
        assertThat(row.getLossChange()).isEqualTo(3);
        assertThat(row.getLca()).isCloseTo(3, within(1e-12));
        assertThat(row.getResidual()).isCloseTo(0, within(1e-12));
        assertThat(row.getChurn()).isCloseTo(15.0 / 3, within(1e-12));
        assertThat(row.getStepsBooked()).isEqualTo(1);
        assertThat(row.getMissingSteps()).isZero();
    }

    @Test
    void cumulatesOverSteps() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 1, -2));

        assertThat(ledger.layers().get(1).getCumulativeLca()).isCloseTo(3 - 6, within(1e-12));
        StepRow row = ledger.steps().get(1);
        assertThat(row.getCumulativeLossChange()).isEqualTo(6);
        assertThat(row.getCumulativeLca()).isCloseTo(-3, within(1e-12));
        assertThat(row.getCumulativeResidual()).isCloseTo(9, within(1e-12));
    }

    @Test
    void passesOnTheFactsOfTheStep() {
        StepFacts facts = StepFacts.newBuilder()
                .setMinibatchLoss(2.5)
                .setLearningRate(0.1)
                .setExamples(250)
                .setTime(io.lossledger.protobuf.Timestamps.fromMillis(5_000))
                .build();
        ledger.send(
                Updates.step("r", 0, 1)[0].toBuilder().setFacts(facts).build(),
                Updates.step("r", 0, 1)[1].toBuilder().setFacts(facts).build());

        StepRow row = ledger.steps().get(0);
        assertThat(row.getMinibatchLoss()).isEqualTo(2.5);
        assertThat(row.getLearningRate()).isEqualTo(0.1);
        assertThat(row.getExamples()).isEqualTo(250);
        assertThat(row.getTime().getSeconds()).isEqualTo(5);
    }

    /** Microseconds where milliseconds should stand. */
    @Test
    void acceptsATimestampOutsideAnyCalendar() {
        for (var update : Updates.step("r", 0, 1)) {
            ledger.sendAt(1_700_000_000_000_000L, update);
        }

        assertThat(ledger.steps().get(0).getTime().getSeconds()).isEqualTo(253_402_300_799L);
    }

    @Test
    void omitsUnitsWhenATensorOfTheLayerIsNotMapped() {
        var unmapped = Updates.step("r", 0, 1)[1].toBuilder();
        unmapped.getTensorChunkBuilder().setParametersPerUnit(0);
        ledger.send(Updates.step("r", 0, 1)[0], unmapped.build());

        assertThat(ledger.units()).isEmpty();
        assertThat(ledger.layers()).hasSize(1);
    }

    @Test
    void keepsTwoRunsSeparate() {
        ledger.send(Updates.step("a", 0, 1)[0], Updates.step("b", 0, 2)[0]);
        ledger.send(Updates.step("b", 0, 2)[1], Updates.step("a", 0, 1)[1]);
        ledger.send(Updates.step("a", 1, 1));

        assertThat(ledger.steps())
                .extracting(StepRow::getRun, StepRow::getStep, row -> Math.round(row.getCumulativeLca()))
                .containsExactly(tuple("b", 0, 6L), tuple("a", 0, 3L), tuple("a", 1, 6L));
    }

    @Test
    void startsAtALateFirstStepWithoutAGap() {
        for (var update : Updates.step("late", 1_000_000, 1)) {
            ledger.send(update.toBuilder().setFirstStep(1_000_000).build());
        }

        StepRow row = ledger.steps().get(0);
        assertThat(row.getStep()).isEqualTo(1_000_000);
        assertThat(row.getMissingBefore()).isZero();
    }
}
