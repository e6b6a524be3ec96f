package io.lossledger.streams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    @Test
    void aValueOfARampIsItsOwnPercentile() {
        double[] ramp =
                IntStream.rangeClosed(0, 100).mapToDouble(i -> 100.0 - i).toArray();

        assertThat(Percentiles.of(ramp)).containsExactly(new double[] {0, 5, 25, 50, 75, 95, 100}, within(1e-12));
    }

    /** As {@code numpy.percentile([-3, 1, 2, 10], [0, 5, 25, 50, 75, 95, 100])} says. */
    @Test
    void interpolatesBetweenNeighbours() {
        assertThat(Percentiles.of(new double[] {2, -3, 10, 1}))
                .containsExactly(new double[] {-3, -2.4, 0, 1.5, 4, 8.8, 10}, within(1e-12));
    }

    @Test
    void oneValueIsAll() {
        assertThat(Percentiles.of(new double[] {4})).containsOnly(4);
    }

    @Test
    void whatIsNotFiniteHasNone() {
        assertThat(Percentiles.of(new double[] {1, Double.NaN, 2})).containsOnly(Double.NaN);
        assertThat(Percentiles.of(new double[] {1, Double.NEGATIVE_INFINITY, 2}))
                .containsOnly(Double.NaN);
        assertThat(Percentiles.of(new double[0])).containsOnly(Double.NaN);
    }
}
