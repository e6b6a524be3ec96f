package io.lossledger.lca;

/**
 * Whether a series rises or falls, by the Mann–Kendall test: it counts the pairs in which the later value is larger or
 * smaller, and so needs no assumption about the distribution. A series has a trend if that count is more than three standard
 * deviations from zero. Under the null hypothesis of independent values, this happens in 0.3 % of the series.
 *
 * <p>Sources: Mann, "Nonparametric tests against trend", Econometrica 13, 1945; Kendall, "Rank correlation methods", 1975.
 */
public enum Trend {
    FALLS,
    RISES,
    /** No more than chance explains, too few values, or a value that is not finite. */
    NONE;

    /** Fewest values that can show a trend. */
    public static final int FEWEST = 8;

    private static final double DEVIATIONS = 3;
    private static final double VARIANCE_DIVISOR = 18;

    /** The trend of values in their order; takes time that grows with the square of their number. */
    public static Trend of(double... values) {
        int n = values.length;
        long count = 0;
        for (int late = 1; late < n; late++) {
            for (int early = 0; early < late; early++) {
                count += (int) Math.signum(values[late] - values[early]);
            }
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                return NONE;
            }
        }
        double deviation = Math.sqrt(n * (n - 1.0) * (2.0 * n + 5) / VARIANCE_DIVISOR);
        if (n < FEWEST || Math.abs(count) - 1 <= DEVIATIONS * deviation) {
            return NONE;
        }
        return count < 0 ? FALLS : RISES;
    }
}
