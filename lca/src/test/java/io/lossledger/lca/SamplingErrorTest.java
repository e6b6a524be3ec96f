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
        SamplingError error = new SamplingError(4, 3 * 4 * 4 / degrees);

        assertThat(error.standardError()).isEqualTo(2);
        assertThat(error.degreesOfFreedom()).isCloseTo(degrees, within(1e-9 * degrees));
        assertThat(error.halfWidth95()).isCloseTo(2 * quantile, within(0.01 * 2 * quantile));
    }

    @Test
    void hasAnIntervalOfNoWidthWithoutAnyError() {
        assertThat(new SamplingError(0, 0).halfWidth95()).isZero();
    }

    @Test
    void takesOneDrawForThreeDegreesOfFreedomAtLeast() {
        assertThat(new SamplingError(1, 1).halfWidth95()).isCloseTo(3.18, within(0.03));
    }

    /** Twenty steps, the first of them far more uncertain than the last, many times over. */
    @Test
    void coversTheErrorOfStepsOfUnequalVariance() {
        Random random = new Random(7);
        int windows = 20_000;
        int covered = 0;
        for (int window = 0; window < windows; window++) {
            double error = 0;
            double squares = 0;
            double fourths = 0;
            for (int step = 0; step < 20; step++) {
                double deviation = Math.pow(0.9, step);
                error += deviation * random.nextGaussian();
                double draw = deviation * random.nextGaussian();
                squares += draw * draw;
                fourths += draw * draw * draw * draw;
            }
            covered += Math.abs(error) <= new SamplingError(squares, fourths).halfWidth95() ? 1 : 0;
        }
        assertThat((double) covered / windows).isBetween(0.93, 0.97);
    }
}
