package io.lossledger.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeibullTest {
    /** By inversion: λ (−log U)^(1/k). The standard error of the shape is about 0.8 k / √n. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.7, 1, 2.5})
    void findsTheShapeThatNumbersWereDrawnWith(double shape) {
        Random random = new Random(1);
        double[] drawn = random.doubles(100_000)
                .map(u -> (random.nextBoolean() ? 1 : -1) * 1e-9 * Math.pow(-Math.log(1 - u), 1 / shape))
                .filter(x -> x != 0)
                .toArray();
        Weibull fit = Weibull.fit(drawn);
        assertThat(fit.shape()).isCloseTo(shape, within(0.01 * shape));
        assertThat(fit.scale()).isCloseTo(1e-9, within(5e-11));
    }

    @Test
    void isTheLaplaceDistributionAtShapeOne() {
        Weibull laplace = new Weibull(1, 2);
        assertThat(laplace.density(-3)).isCloseTo(Math.exp(-1.5) / 4, within(1e-15));
    }
}
