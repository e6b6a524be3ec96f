package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingErrorTest {
    /** Quantiles of Student's t from printed tables; Σd⁴ is chosen to give the degrees of freedom. */
    @ParameterizedTest
    @CsvSource({"3, 3.182", "5, 2.571", "10, 2.228", "30, 2.042", "100, 1.984", "1e12, 1.960"})
    void hasTheQuantilesOfStudentsT(double degrees, double quantile) {
        SamplingError error = new SamplingError(4, 3 * 4 * 4 / (degrees + 2));

        assertThat(error.standardError()).isEqualTo(2);
        assertThat(error.degreesOfFreedom()).isCloseTo(degrees, within(1e-3 * degrees));
        assertThat(error.halfWidth95()).isCloseTo(2 * quantile, within(0.01 * 2 * quantile));
    }

    @Test
    void hasAnIntervalOfNoWidthWithoutAnyError() {
        assertThat(new SamplingError(0, 0).halfWidth95()).isZero();
    }

    @Test
    void countsOneDrawAsAtLeastThreeDegreesOfFreedom() {
        assertThat(new SamplingError(1, 1).halfWidth95()).isCloseTo(3.18, within(0.03));
    }

    /** Steps of which the first are far more uncertain than the last, or all alike, many times over. */
    @ParameterizedTest
    @CsvSource({"20, 0.9", "10, 1", "100, 1", "100, 0.98"})
    void coversTheErrorOfStepsOfUnequalVariance(int steps, double decay) {
        Random random = new Random(7);
        int windows = 20_000;
        int covered = 0;
        for (int window = 0; window < windows; window++) {
            double error = 0;
            double squares = 0;
            double fourths = 0;
            for (int step = 0; step < steps; step++) {
                double deviation = Math.pow(decay, step);
                error += deviation * random.nextGaussian();
                double draw = deviation * random.nextGaussian();
                squares += draw * draw;
                fourths += draw * draw * draw * draw;
            }
            covered += Math.abs(error) <= new SamplingError(squares, fourths).halfWidth95() ? 1 : 0;
        }
        assertThat((double) covered / windows).isBetween(0.94, 0.96);
    }
}
