package io.lossledger.lca;

/**
 * The error of an LCA summed over several steps, each estimated on its own sample.
 *
 * <p>A step's sample is drawn in two halves; half the difference d of their LCA is one draw of the step's sampling
 * error, with mean 0 and its variance. Samples of different steps are independent of each other and of the training, so
 * the errors of a trajectory are uncorrelated and their variances add: Σd² estimates the variance of the sum without
 * bias, for any trend or correlation in the LCA itself.
 *
 * <p>The half width of the interval is a quantile of Student's t. Steps differ in variance, so the degrees of freedom are
 * Satterthwaite's, (Σσ²)² / Σσ⁴. Of normal draws E d⁴ = 3σ⁴ and E (Σd²)² = (Σσ²)² + 2Σσ⁴, so that 3 (Σd²)² / Σd⁴ − 2 estimates
 * them; at least 3 are used. Immutable.
 *
 * <p>Source: F. E. Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2,
 * 1946.
 *
 * @param squares Σd² over the steps, at least 0
 * @param fourths Σd⁴ over the steps, at least 0
 */
public record SamplingError(double squares, double fourths) {
    private static final double NORMAL_975 = 1.959963984540054;
    private static final double LEAST_DEGREES = 3;

    /** The standard error of the sum. */
    public double standardError() {
        return Math.sqrt(squares);
    }

    /** Half the width of the 95 % interval around the sum. */
    public double halfWidth95() {
        return standardError() * student975(Math.max(LEAST_DEGREES, degreesOfFreedom()));
    }

    /** Satterthwaite's degrees of freedom; infinite when the error is 0. */
    public double degreesOfFreedom() {
        return fourths == 0 ? Double.POSITIVE_INFINITY : 3 * squares * squares / fourths - 2;
    }

    /** The Cornish-Fisher expansion of the quantile: within 1 % from 3 degrees of freedom, within 0.1 % from 5. */
    private static double student975(double degrees) {
        double z = NORMAL_975;
        double z3 = z * z * z;
        double z5 = z3 * z * z;
        double z7 = z5 * z * z;
        return z
                + (z3 + z) / (4 * degrees)
                + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees)
                + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees * degrees * degrees);
    }
}
