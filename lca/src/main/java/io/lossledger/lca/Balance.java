package io.lossledger.lca;

/**
 * How well the books balance, as a share of what moved.
 *
 * @param residual loss change minus LCA
 * @param lossChange change of the loss
 * @param moved sum of the absolute LCA of the layers
 */
public record Balance(double residual, double lossChange, double moved) {
    public static final double DEFAULT_TOLERANCE = 0.01;

    /** |residual| / max(|loss change|, moved); 0 without a residual, NaN if something is not finite. */
    public double share() {
        if (residual == 0) {
            return 0;
        }
        double share = Math.abs(residual) / Math.max(Math.abs(lossChange), moved);
        return Double.isFinite(residual) ? share : Double.NaN;
    }

    public boolean isWithin(double tolerance) {
        return share() <= tolerance;
    }
}
