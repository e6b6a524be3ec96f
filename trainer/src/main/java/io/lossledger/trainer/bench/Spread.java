package io.lossledger.trainer.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The median of some measurements, and their range. */
public record Spread(double median, double least, double most) {
    /** @param values at least one */
    public static Spread of(List<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** That of the quotients of two lists of the same length, element by element. */
    public static Spread ofRatios(List<Double> dividends, List<Double> divisors) {
        return of(IntStream.range(0, dividends.size())
                .mapToDouble(i -> dividends.get(i) / divisors.get(i))
                .toArray());
    }

    /** @param values at least one */
    public static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
