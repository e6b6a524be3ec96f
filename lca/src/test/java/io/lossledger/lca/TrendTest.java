package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendTest {
    @Test
    void seesWhatFallsAndRises() {
        double[] falling = IntStream.range(0, 20).mapToDouble(i -> 5 - 0.1 * i).toArray();
        assertThat(Trend.of(falling)).isEqualTo(Trend.FALLS);
        assertThat(Trend.of(IntStream.range(0, 20).mapToDouble(i -> 0.1 * i).toArray()))
                .isEqualTo(Trend.RISES);
    }

    @Test
    void doesNotSeeATrendInFewOrEqualOrAlternatingValues() {
        assertThat(Trend.of()).isEqualTo(Trend.NONE);
        assertThat(Trend.of(7, 6, 5, 4, 3, 2, 1)).isEqualTo(Trend.NONE);
        assertThat(Trend.of(new double[30])).isEqualTo(Trend.NONE);
        assertThat(Trend.of(IntStream.range(0, 30).mapToDouble(i -> i % 2).toArray()))
                .isEqualTo(Trend.NONE);
    }

    @Test
    void hasNoTrendWhenAValueIsNotFinite() {
        double[] values = IntStream.range(0, 20).mapToDouble(i -> -i).toArray();
        values[7] = Double.NaN;
        assertThat(Trend.of(values)).isEqualTo(Trend.NONE);
    }

    /** The chance is 0.27 % by the normal distribution. */
    @Test
    void rarelySeesATrendInNoise() {
        Random random = new Random(3);
        long seen = IntStream.range(0, 2_000)
                .filter(series -> Trend.of(random.doubles(40).toArray()) != Trend.NONE)
                .count();
        assertThat(seen).isBetween(0L, 14L);
    }
}
