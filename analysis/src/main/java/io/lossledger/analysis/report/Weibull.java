package io.lossledger.analysis.report;

import java.util.Arrays;

/**
 * The double Weibull distribution, density k / (2 λ) · (|x| / λ)^(k − 1) · exp(−(|x| / λ)^k): heavier tails than the
 * exponential distribution if k is below 1. Fitted by maximum likelihood.
 *
 * @param shape k
 * @param scale λ, in the unit of the numbers
 */
record Weibull(double shape, double scale) {
    private static final double LEAST = 1e-3;
    private static final double MOST = 100;
    private static final int HALVINGS = 100;

    /** Fits to numbers other than 0, at least two of different magnitude. */
    static Weibull fit(double[] numbers) {
        double[] logs = Arrays.stream(numbers).map(x -> Math.log(Math.abs(x))).toArray();
        double mean = Arrays.stream(logs).average().orElseThrow();
        double largest = Arrays.stream(logs).max().orElseThrow();
        double low = LEAST;
        double high = MOST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (slope(logs, mean, largest, middle) < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double shape = (low + high) / 2;
        double sum =
                Arrays.stream(logs).map(x -> Math.exp(shape * (x - largest))).sum();
        return new Weibull(shape, Math.exp(largest) * Math.pow(sum / logs.length, 1 / shape));
    }

    /**
     * Σ x^k log x / Σ x^k − 1/k − mean(log x): rises with k, and is 0 at the most likely. Powers are relative to the
     * largest.
     */
    private static double slope(double[] logs, double mean, double largest, double k) {
        double powers = 0;
        double weighted = 0;
        for (double x : logs) {
            double power = Math.exp(k * (x - largest));
            powers += power;
            weighted += power * x;
        }
        return weighted / powers - 1 / k - mean;
    }

    /** Density at |x|, on one side. */
    double density(double x) {
        double ratio = Math.abs(x) / scale;
        return shape / (2 * scale) * Math.pow(ratio, shape - 1) * Math.exp(-Math.pow(ratio, shape));
    }
}
