package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ChanceCountTest {
    private static final double EPSILON = 1e-12;

    @Test
    void isTheBinomialDistributionForEqualProbabilities() {
        double[] quarter = {0.25, 0.25, 0.25, 0.25};

        assertThat(ChanceCount.atLeast(0, quarter)).isCloseTo(1, within(EPSILON));
        assertThat(ChanceCount.atLeast(1, quarter)).isCloseTo(1 - 81 / 256.0, within(EPSILON));
        assertThat(ChanceCount.atLeast(3, quarter)).isCloseTo(13 / 256.0, within(EPSILON));
        assertThat(ChanceCount.atLeast(4, quarter)).isCloseTo(1 / 256.0, within(EPSILON));
        assertThat(ChanceCount.atLeast(5, quarter)).isZero();
        assertThat(ChanceCount.mean(quarter)).isEqualTo(1);
        assertThat(ChanceCount.standardDeviation(quarter)).isCloseTo(Math.sqrt(0.75), within(EPSILON));
    }

    /** What it stands for: all ways to shift each of three sequences in a circle. */
    @Test
    void agreesWithAllCircularShifts() {
        boolean[][] minima = {
            {true, false, false, true, false, false, false},
            {false, true, false, false, false, true, false},
            {false, false, false, false, true, false, false}
        };
        int steps = minima[0].length;
        int[] seen = new int[minima.length + 1];
        for (int a = 0; a < steps; a++) {
            for (int b = 0; b < steps; b++) {
                for (int c = 0; c < steps; c++) {
                    int together = (minima[0][a] ? 1 : 0) + (minima[1][b] ? 1 : 0) + (minima[2][c] ? 1 : 0);
                    seen[together]++;
                }
            }
        }
        double[] shares = {2.0 / steps, 2.0 / steps, 1.0 / steps};
        for (int count = 0; count <= minima.length; count++) {
            int atLeast = Arrays.stream(seen, count, seen.length).sum();
            assertThat(ChanceCount.atLeast(count, shares))
                    .isCloseTo(atLeast / (double) (steps * steps * steps), within(EPSILON));
        }
    }
}
