package io.lossledger.analysis.report.picture;

import java.util.Arrays;
import java.util.List;

/** Summary statistics. Stateless. */
public final class Stats {
    private Stats() {}

    public static double mean(double[] numbers) {
        return Arrays.stream(numbers).average().orElse(Double.NaN);
    }

    public static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    public static Table table(String count, double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return new Table(
                List.of(count, "mean", "1 %", "25 %", "median", "75 %", "99 %"),
                List.of(List.of(
                        (long) sorted.length,
                        mean(sorted),
                        quantile(sorted, 0.01),
                        quantile(sorted, 0.25),
                        quantile(sorted, 0.5),
                        quantile(sorted, 0.75),
                        quantile(sorted, 0.99))));
    }
}
