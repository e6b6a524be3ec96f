package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NonFiniteTest {
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void publishesAGradientThatIsNotFiniteAndFlagsIt(double bad, @TempDir Path directory) {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            double[] middle = {1, bad, 1, 1};
            ledger.send(
                    Updates.weights(
                            "r", 0, new double[] {1, -2, 3, -4}, Updates.fill(4, 1), middle, Updates.fill(4, 1)),
                    Updates.step("r", 0, 1)[1]);

            LayerRow layer = ledger.layers().get(0);
            assertThat(layer.getNonfiniteParameters()).isEqualTo(1);
            assertThat(layer.getHelpedParameters()
                            + layer.getHurtParameters()
                            + layer.getZeroParameters()
                            + layer.getNonfiniteParameters())
                    .isEqualTo(layer.getParameters());
            assertThat(layer.getLca()).isNotFinite();
            assertThat(layer.getHelp()).isFinite();
            StepRow step = ledger.steps().get(0);
            assertThat(step.getNonfiniteParameters()).isEqualTo(1);
            assertThat(step.getLca()).isNotFinite();
            assertThat(step.getCumulativeLca()).isNotFinite();
            UnitRow units = ledger.units().get(0);
            assertThat(units.getUnitLca(0)).isNotFinite();
            assertThat(units.getUnitLca(1)).isFinite();
            assertThat(ledger.rejected()).isEmpty();
        }
    }

    @Test
    void publishesALossThatIsNotFinite(@TempDir Path directory) {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            for (var update : Updates.step("r", 0, 1)) {
                var bad = update.toBuilder();
                bad.getTensorChunkBuilder().getObjectivesBuilder(0).setLossEnd(Double.NaN);
                ledger.send(bad.build());
            }

            assertThat(ledger.steps().get(0).getLossChange()).isNaN();
            assertThat(ledger.layers().get(0).getLca()).isFinite();
        }
    }
}
