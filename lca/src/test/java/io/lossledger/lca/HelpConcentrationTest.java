package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HelpConcentrationTest {
    private static final double EPSILON = 1e-12;

    @Test
    void isZeroWhenAllUnitsHelpEqually() {
        HelpConcentration alike = HelpConcentration.of(new double[] {-2, -2, -2, -2});

        assertThat(alike.gini().orElseThrow()).isCloseTo(0, within(EPSILON));
        assertThat(alike.topPercentShare().orElseThrow()).isCloseTo(0.25, within(EPSILON));
    }

    @Test
    void isLargestWhenOneUnitProvidesAllHelp() {
        double[] lca = new double[200];
        lca[70] = -3;
        lca[71] = 8; // hurts: brings nothing

        HelpConcentration one = HelpConcentration.of(lca);

        assertThat(one.gini().orElseThrow()).isCloseTo(199.0 / 200, within(EPSILON));
        assertThat(one.topPercentShare().orElseThrow()).isEqualTo(1);
    }

    @Test
    void takesTheTopPercentRoundedUp() {
        double[] lca = new double[201];
        for (int i = 0; i < lca.length; i++) {
            lca[i] = -(i + 1);
        }

        assertThat(HelpConcentration.of(lca).topPercentShare().orElseThrow())
                .isCloseTo((201 + 200 + 199) / (201 * 202 / 2.0), within(EPSILON));
    }

    /** The definition: half the mean absolute difference of all pairs over the mean. */
    @Test
    void agreesWithTheDefinitionByPairs() {
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            double[] lca = random.doubles(1 + random.nextInt(60), -1, 0.5).toArray();
            double[] help = Arrays.stream(lca).map(a -> Math.max(0, -a)).toArray();
            double pairs = 0;
            for (double a : help) {
                for (double b : help) {
                    pairs += Math.abs(a - b);
                }
            }
            double total = Arrays.stream(help).sum();
            if (total > 0) {
                assertThat(HelpConcentration.of(lca).gini().orElseThrow())
                        .isCloseTo(pairs / (2 * help.length * total), within(EPSILON));
            }
        }
    }

    @Test
    void isUnknownWithoutHelpOrWithoutNumbers() {
        for (double[] lca : new double[][] {{}, {0, 0}, {1, 2}, {-1, Double.NaN}, {-1, Double.NEGATIVE_INFINITY}}) {
            assertThat(HelpConcentration.of(lca).gini()).isEmpty();
            assertThat(HelpConcentration.of(lca).topPercentShare()).isEmpty();
        }
    }
}
