package io.lossledger.lca;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A quadrature rule for the average of a gradient over one segment of the trajectory: {@code Σ_k w_k g(s_k)}.
 *
 * <p>A rule with {@code splits} n has n + 1 nodes, {@code s_k = k/n} on [0, 1], and as many weights; the weights add up
 * to 1. Some nodes may have weight 0: their gradients are not needed.
 *
 * <p>With I(s) the integrand and h = 1/n, the error is at most {@code max|I⁗| h⁴/180} for Simpson's rule, {@code
 * max|I″|/24} for the midpoint, {@code max|I″|/12} for the trapezoid and {@code max|I′|/2} for first order. At a kink
 * (ReLU) Simpson's rule loses its fourth order: expect the error to fall by a factor of 3 to 4 per doubling there, not
 * 16.
 *
 * <p>Immutable and thread-safe. There is one instance per rule, so that {@code ==} and {@code equals} agree.
 *
 * <p>Source: Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019, section
 * 2: for an integrand of s alone their Runge-Kutta 4 is Simpson's rule.
 */
public final class Quadrature {
    /** The largest number of splits of a rule. */
    public static final int MAX_SPLITS = 32;

    private static final Quadrature FIRST_ORDER = new Quadrature("first-order", null, 1.0, 0.0);
    private static final Quadrature TRAPEZOID = new Quadrature("trapezoid", FIRST_ORDER, 0.5, 0.5);
    private static final Quadrature MIDPOINT = new Quadrature("midpoint", null, 0.0, 1.0, 0.0);
    private static final List<Quadrature> SIMPSON = simpsonRules();
    private static final List<Quadrature> BY_ACCURACY = byAccuracy();

    private final String name;
    private final @Nullable Quadrature coarser;
    private final double[] weights;

    private Quadrature(String name, @Nullable Quadrature coarser, double... weights) {
        this.name = name;
        this.coarser = coarser;
        this.weights = weights;
    }

    /**
     * Composite Simpson, weights 1, 4, 2, 4, …, 2, 4, 1 over 3 · splits: exact where the loss is a polynomial of degree
     * 4 or less along the segment.
     *
     * @throws IllegalArgumentException if {@code splits} is odd, below 2 or above 32
     */
    public static Quadrature simpson(int splits) {
        if (splits < 2 || splits > MAX_SPLITS || splits % 2 != 0) {
            throw new IllegalArgumentException(
                    "splits: must be an even number from 2 to " + MAX_SPLITS + ". Found: " + splits);
        }
        return SIMPSON.get(splits / 2 - 1);
    }

    /** The gradient at the start alone: the first-order Taylor expansion of the loss. */
    public static Quadrature firstOrder() {
        return FIRST_ORDER;
    }

    /** The mean of the gradients at start and end: exact for quadratic losses. */
    public static Quadrature trapezoid() {
        return TRAPEZOID;
    }

    /** The gradient in the middle alone: exact for quadratic losses. */
    public static Quadrature midpoint() {
        return MIDPOINT;
    }

    /**
     * The most accurate rule that needs only nodes in {@code present}, for segments with some gradients missing. That
     * is Simpson's rule with as many splits as possible, otherwise the midpoint or the trapezoid (the nodes of both
     * give Simpson's rule), otherwise first order. Empty if none fits.
     *
     * @param gridSplits the grid has nodes 0 to gridSplits
     * @param present the nodes whose gradients are available
     * @throws IllegalArgumentException if {@code gridSplits} is below 1
     */
    public static Optional<Quadrature> finest(int gridSplits, BitSet present) {
        if (gridSplits < 1) {
            throw new IllegalArgumentException("gridSplits: must be at least 1. Found: " + gridSplits);
        }
        for (Quadrature rule : BY_ACCURACY) {
            if (gridSplits % rule.splits() == 0 && rule.needsOnly(present, gridSplits / rule.splits())) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    /** The rule with this {@link #name()}; empty if there is none. */
    public static Optional<Quadrature> named(String name) {
        return BY_ACCURACY.stream().filter(rule -> rule.name.equals(name)).findFirst();
    }

    /** {@code simpson-2} to {@code simpson-32}, {@code first-order}, {@code trapezoid} or {@code midpoint}. */
    public String name() {
        return name;
    }

    /** The number of parts of the grid; the rule has one more node. */
    public int splits() {
        return weights.length - 1;
    }

    /** The weight of the node at {@code s = node/splits}. */
    public double weight(int node) {
        return weights[node];
    }

    /** A new copy of all splits + 1 weights. */
    public double[] weights() {
        return weights.clone();
    }

    /**
     * The next coarser rule on nodes of this one, for an error estimate that costs no gradient: half the splits for
     * Simpson's rule, then the trapezoid, then first order. Empty where halving the splits gives no rule (simpson-6,
     * -10, -14, …), for the midpoint, and for first order.
     */
    public Optional<Quadrature> coarser() {
        return Optional.ofNullable(coarser);
    }

    /**
     * The gridSplits + 1 weights of this rule on a finer grid, 0 at nodes that the rule does not have.
     *
     * @throws IllegalArgumentException if {@code gridSplits} is not a positive multiple of {@link #splits()}
     */
    public double[] weightsOn(int gridSplits) {
        if (gridSplits < 1 || gridSplits % splits() != 0) {
            throw new IllegalArgumentException(
                    "gridSplits: must be a positive multiple of " + splits() + ". Found: " + gridSplits);
        }
        double[] spread = new double[gridSplits + 1];
        int stride = gridSplits / splits();
        for (int node = 0; node < weights.length; node++) {
            spread[node * stride] = weights[node];
        }
        return spread;
    }

    @Override
    public String toString() {
        return name;
    }

    private boolean needsOnly(BitSet present, int stride) {
        for (int node = 0; node < weights.length; node++) {
            if (weights[node] != 0.0 && !present.get(node * stride)) {
                return false;
            }
        }
        return true;
    }

    private static List<Quadrature> simpsonRules() {
        List<Quadrature> rules = new ArrayList<>();
        for (int splits = 2; splits <= MAX_SPLITS; splits += 2) {
            Quadrature half = splits % 4 == 0 ? rules.get(splits / 4 - 1) : null;
            rules.add(new Quadrature("simpson-" + splits, splits == 2 ? TRAPEZOID : half, simpsonWeights(splits)));
        }
        return List.copyOf(rules);
    }

    private static double[] simpsonWeights(int splits) {
        double[] weights = new double[splits + 1];
        for (int node = 0; node <= splits; node++) {
            int share = node == 0 || node == splits ? 1 : 2 + 2 * (node % 2);
            weights[node] = share / (3.0 * splits);
        }
        return weights;
    }

    private static List<Quadrature> byAccuracy() {
        List<Quadrature> rules = new ArrayList<>(List.of(FIRST_ORDER, TRAPEZOID, MIDPOINT));
        rules.addAll(SIMPSON);
        Collections.reverse(rules);
        return List.copyOf(rules);
    }
}
