package io.lossledger.lca;

/**
 * Whether books balance: the residual as a share of what moved. What moved is the larger of |loss change| and the sum of
 * |LCA| over the layers; the latter is the larger one where layers that help and layers that hurt cancel. It is the scale
 * that refinement aims at, too.
 *
 * <p>Immutable. Nothing is validated.
 *
 * @param residual loss change minus LCA
 * @param lossChange true loss change
 * @param moved sum of |LCA| over the layers
 */
public record Balance(double residual, double lossChange, double moved) {
    /** Share of what moved up to which books balance, unless someone wants it otherwise. */
    public static final double DEFAULT_TOLERANCE = 0.01;

    /** @throws IllegalArgumentException when the tolerance is not above 0 */
    public static double requireTolerance(double tolerance) {
        if (!(tolerance > 0)) {
            throw new IllegalArgumentException("residual.tolerance: must be above 0. Found: " + tolerance);
        }
        return tolerance;
    }

    /** The residual as a share of what moved, at least 0; NaN when a number is not finite. */
    public double share() {
        double scale = Math.max(Math.abs(lossChange), moved);
        if (!Double.isFinite(residual) || !Double.isFinite(scale)) {
            return Double.NaN;
        }
        return residual == 0 ? 0 : Math.abs(residual) / scale;
    }

    /** Whether the books balance: false when a number is not finite. */
    public boolean isWithin(double tolerance) {
        return share() <= tolerance;
    }
}
