package io.lossledger.streams.metrics;

import java.util.Arrays;

/** Percentiles of numbers, with linear interpolation between the two nearest. Stateless. */
final class Percentiles {
    /** The percentiles that are shown. */
    static final int[] SHOWN = {0, 5, 25, 50, 75, 95, 100};

    private Percentiles() {}

    /**
     * The percentiles of {@link #SHOWN}; all NaN when a value is not finite or there are no values. Sorts the values.
     */
    static double[] of(double[] values) {
        double[] found = new double[SHOWN.length];
        Arrays.sort(values);
        int last = values.length - 1;
        if (last < 0 || !Double.isFinite(values[0]) || !Double.isFinite(values[last])) {
            Arrays.fill(found, Double.NaN); // sorted, so values that are not finite are at one of the ends
            return found;
        }
        for (int i = 0; i < found.length; i++) {
            double place = SHOWN[i] * last / 100.0;
            int below = (int) place;
            int above = Math.min(below + 1, last);
            found[i] = values[below] + (place - below) * (values[above] - values[below]);
        }
        return found;
    }
}
