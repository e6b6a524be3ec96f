package io.lossledger.lca;

/**
 * Squared Euclidean norms of the averaged gradient ḡ and of the update δ over a set of parameters. With them, the sum of
 * the allocations splits into {@code ‖ḡ‖ · ‖δ‖ · cos(ḡ, δ)}: how steep the loss was, how far the parameters moved, and
 * whether they moved downhill.
 *
 * <p>Immutable. Nothing is validated: NaN and infinity follow IEEE 754.
 *
 * @param gradient sum of ḡ²
 * @param delta sum of δ²
 */
public record SquareSums(double gradient, double delta) {
    /** The sums over no parameters. */
    public static final SquareSums ZERO = new SquareSums(0.0, 0.0);

    /** The sums over these parameters and the next ones; the order matters as in {@link AllocationSums#plus}. */
    public SquareSums plus(SquareSums next) {
        return new SquareSums(gradient + next.gradient, delta + next.delta);
    }

    /** ‖ḡ‖. */
    public double gradientNorm() {
        return Math.sqrt(gradient);
    }

    /** ‖δ‖. */
    public double deltaNorm() {
        return Math.sqrt(delta);
    }

    /**
     * The cosine of the angle between ḡ and δ, −1 (straight downhill) to 1.
     *
     * @param allocated the sum of the allocations, which is the product ⟨ḡ, δ⟩
     * @return NaN when a norm is 0 or not finite
     */
    public double cosine(double allocated) {
        double cosine = allocated / gradientNorm() / deltaNorm();
        boolean isDefined = gradient > 0 && delta > 0 && Double.isFinite(gradient) && Double.isFinite(delta);
        return isDefined ? Math.max(-1.0, Math.min(1.0, cosine)) : Double.NaN;
    }
}
