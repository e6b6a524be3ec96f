package io.lossledger.streams.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MomentFinderTest {
    private static final int LAYERS = 5;

    @TempDir
    Path directory;

    @Test
    void findsTheStepsAtWhichAllLayersLearnMost() {
        double[][] lca = noise(60, 1);
        for (double[] layers : List.of(lca[30], lca[40])) {
            Arrays.fill(layers, -100);
        }

        List<MomentRow> rows = moments(lca, 0.01);

        assertThat(rows).extracting(MomentRow::getStep).contains(30, 40);
        MomentRow row = rows.stream()
                .filter(moment -> moment.getStep() == 30)
                .findFirst()
                .orElseThrow();
        assertThat(row.getLayersList()).containsExactly("layer0", "layer1", "layer2", "layer3", "layer4");
        assertThat(row.getLayersInModel()).isEqualTo(LAYERS);
        assertThat(row.getShiftedSteps()).isEqualTo(29);
        assertThat(row.getObjective()).isEqualTo("train");
        assertThat(row.getFalseAlarmRate()).isEqualTo(0.01);
    }

    /** Every row and every step without one, against a slow implementation that goes through all sets of layers. */
    @Test
    void agreesWithASlowImplementation() {
        double[][] lca = noise(150, 2);
        Random random = new Random(3);
        for (double[] layers : lca) {
            double common = random.nextGaussian();
            for (int i = 0; i < LAYERS; i++) {
                layers[i] += common;
            }
        }

        List<MomentRow> rows = moments(lca, 0.2);

        List<Integer> expected = new ArrayList<>();
        for (int step = 2; step < lca.length - 2; step++) {
            int first = Math.max(2, step - 63);
            int known = step - first + 1;
            double[] shares = new double[LAYERS];
            int together = 0;
            double mean = 0;
            double variance = 0;
            for (int layer = 0; layer < LAYERS; layer++) {
                int minima = 0;
                for (int s = first; s <= step; s++) {
                    minima += isMinimum(lca, s, layer) ? 1 : 0;
                }
                shares[layer] = minima / (double) known;
                mean += shares[layer];
                variance += shares[layer] * (1 - shares[layer]);
                together += isMinimum(lca, step, layer) ? 1 : 0;
            }
            double chance = chance(together, shares);
            if (known >= 20 && together >= 2 && chance <= 0.2) {
                expected.add(step);
                MomentRow row = rows.get(expected.size() - 1);
                assertThat(row.getStep()).isEqualTo(step);
                assertThat(row.getChance()).isCloseTo(chance, within(1e-12));
                assertThat(row.getScore()).isCloseTo((together - mean) / Math.sqrt(variance), within(1e-12));
                assertThat(row.getLayersCount()).isEqualTo(together);
                assertThat(row.getShiftedSteps()).isEqualTo(known);
            }
        }
        assertThat(rows).hasSameSizeAs(expected).hasSizeGreaterThan(5);
    }

    @Test
    void keepsItsFalseAlarmRateWhenLayersAreIndependent() {
        int steps = 3_000;

        List<MomentRow> rows = moments(noise(steps, 4), 0.05);

        assertThat(rows.size()).isBetween(1, steps / 20);
    }

    @Test
    void testsNoStepNextToAGap() {
        double[][] lca = noise(60, 5);
        Arrays.fill(lca[41], -100);
        List<MomentRow> rows = new ArrayList<>();
        try (LedgerDriver ledger = new LedgerDriver(LedgerDriver.settings(directory))) {
            for (int step = 0; step < lca.length; step++) {
                if (step != 40) {
                    ledger.send(Updates.layers("r", step, lca[step]));
                }
            }
            rows.addAll(ledger.moments());
        }

        assertThat(rows).extracting(MomentRow::getStep).doesNotContain(38, 39, 41, 42);
    }

    private static double[][] noise(int steps, int seed) {
        Random random = new Random(seed);
        double[][] lca = new double[steps][LAYERS];
        for (double[] layers : lca) {
            for (int layer = 0; layer < LAYERS; layer++) {
                layers[layer] = random.nextGaussian();
            }
        }
        return lca;
    }

    private List<MomentRow> moments(double[][] lca, double falseAlarmRate) {
        ResultSettings settings = new ResultSettings(List.of(), 10, 0.05, falseAlarmRate, 100, false);
        try (LedgerDriver ledger = new LedgerDriver(LedgerDriver.settings(directory, settings))) {
            for (int step = 0; step < lca.length; step++) {
                ledger.send(Updates.layers("r", step, lca[step]));
            }
            return ledger.moments();
        }
    }

    private static boolean isMinimum(double[][] lca, int step, int layer) {
        double at = lca[step][layer];
        return at < lca[step - 2][layer]
                && at < lca[step - 1][layer]
                && at < lca[step + 1][layer]
                && at < lca[step + 2][layer];
    }

    private static double chance(int together, double[] shares) {
        double chance = 0;
        for (int set = 0; set < 1 << shares.length; set++) {
            if (Integer.bitCount(set) >= together) {
                double product = 1;
                for (int layer = 0; layer < shares.length; layer++) {
                    product *= (set >> layer & 1) == 1 ? shares[layer] : 1 - shares[layer];
                }
                chance += product;
            }
        }
        return chance;
    }
}
