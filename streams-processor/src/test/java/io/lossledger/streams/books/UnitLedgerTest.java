package io.lossledger.streams.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitLedgerTest {
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
    void countsUnitsWhoseSignHasChangedSinceTheyLastMoved() {
        double[] scales = {1, 0, -1, -2, 3};
        for (int step = 0; step < scales.length; step++) {
            ledger.send(Updates.step("r", step, scales[step]));
        }

        assertThat(ledger.layers()).extracting(LayerRow::getSignChanges).containsExactly(0.0, 0.0, 2.0, 0.0, 2.0);
        assertThat(ledger.windows())
                .filteredOn(row -> row.getKind() == WindowKind.WINDOW_KIND_STEPS)
                .extracting(WindowRow::hasSignChanges, WindowRow::getSignChanges)
                .containsExactly(tuple(false, 0.0), tuple(true, 2.0));
    }

    @Test
    void reportsHowHelpIsDistributedOverUnits() {
        ledger.send(Updates.step("r", 0, 1)); // units -1 and 4
        ledger.send(Updates.step("r", 1, 0));

        List<LayerRow> rows = ledger.layers();
        assertThat(rows.get(0).getGiniOfHelp()).isCloseTo(0.5, within(1e-12));
        assertThat(rows.get(0).getTopPercentShare()).isEqualTo(1);
        assertThat(rows.get(1).hasGiniOfHelp()).isFalse();
        assertThat(rows.get(1).hasTopPercentShare()).isFalse();
        assertThat(rows.get(1).hasSignChanges()).isTrue();
    }

    @Test
    void reportsNothingForALayerWithoutUnits() {
        Update.Builder unmapped = Updates.step("r", 0, 1)[0].toBuilder().setChunksInStep(1);
        unmapped.getTensorChunkBuilder().setParametersPerUnit(0);
        ledger.send(unmapped.build());

        LayerRow row = ledger.layers().get(0);
        assertThat(row.hasSignChanges()).isFalse();
        assertThat(row.hasGiniOfHelp()).isFalse();
    }

    /** More units than one book holds, against a plain loop. */
    @Test
    void countsOverManyUnits() {
        int units = UnitLedger.UNITS_PER_BOOK + 100;
        Random random = new Random(2);
        double[] signs = new double[units];
        for (int step = 0; step < 4; step++) {
            double[] delta = random.doubles(units, -1, 1)
                    .map(d -> Math.abs(d) < 0.3 ? 0 : d)
                    .toArray();
            double[] one = Updates.fill(units, 1);
            ledger.send(Updates.chunk(
                            "r",
                            step,
                            0,
                            0,
                            Updates.tensor("0_W", ParameterRole.PARAMETER_ROLE_WEIGHT, 1, delta, one, one, one))
                    .toBuilder()
                    .setChunksInStep(1)
                    .build());
            int changes = 0;
            for (int unit = 0; unit < units; unit++) {
                double sign = Math.signum(delta[unit]);
                changes += sign * signs[unit] < 0 ? 1 : 0;
                signs[unit] = sign == 0 ? signs[unit] : sign;
            }
            assertThat(ledger.layers())
                    .singleElement()
                    .extracting(LayerRow::getSignChanges)
                    .isEqualTo((double) changes);
        }
    }
}
