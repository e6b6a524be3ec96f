package io.lossledger.producer.measure;

import io.lossledger.lca.Balance;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.v1.ElementType;
import java.util.Locale;

/**
 * How segments are measured. Immutable.
 *
 * @param type precision of the evaluation and of the vectors sent
 * @param rule the quadrature rule
 * @param maxSplits most splits of a segment by Runge-Kutta: 2 is one RK4 step; with 4, 8, 16 or 32 an inaccurate step
 *     is refined
 * @param absoluteTolerance see {@link #tolerance}
 * @param relativeTolerance see {@link #tolerance}
 * @param maxGradients most gradients that a step may cost, all objectives together; 0: no limit. Not included are the
 *     start of the first segment and of one after a gap, and a sampled objective's anchor
 */
public record MeasureSettings(
        ElementType type,
        Rule rule,
        int maxSplits,
        double absoluteTolerance,
        double relativeTolerance,
        int maxGradients) {

    public static final double DEFAULT_ABSOLUTE_TOLERANCE = 1e-6;
    public static final double DEFAULT_RELATIVE_TOLERANCE = Balance.DEFAULT_TOLERANCE;
    static final int LEAST_SPLITS = 2;
    /** Refined updates have two averages, of the finest rule and the next coarser one. */
    private static final int AVERAGES = 2;

    /** The method that integrates over a segment. */
    public enum Rule {
        /** Classical Runge-Kutta: composite Simpson, as the integrand depends on s alone. */
        RK4("simpson-2", LEAST_SPLITS, LEAST_SPLITS + 1),
        /** The gradient at the start alone, as in a first-order Taylor expansion; for comparison. */
        FIRST_ORDER("first-order", 1, 1);

        private final String coarsest;
        private final int gradients;
        private final int nodes;

        /**
         * @param gradients gradients that a segment costs
         * @param nodes gradients that its update has
         */
        Rule(String coarsest, int gradients, int nodes) {
            this.coarsest = coarsest;
            this.gradients = gradients;
            this.nodes = nodes;
        }

        /** The name of the rule with the fewest nodes, as in the manifest. */
        public String coarsest() {
            return coarsest;
        }

        /** Its spelling in options. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One RK4 step in float32. */
    public static final MeasureSettings DEFAULT = new MeasureSettings(
            ElementType.ELEMENT_TYPE_FLOAT32,
            Rule.RK4,
            LEAST_SPLITS,
            DEFAULT_ABSOLUTE_TOLERANCE,
            DEFAULT_RELATIVE_TOLERANCE,
            0);

    /** @throws IllegalArgumentException when a value is out of range; the message names it */
    public MeasureSettings {
        if (Integer.bitCount(maxSplits) != 1 || maxSplits < LEAST_SPLITS || maxSplits > Quadrature.MAX_SPLITS) {
            throw new IllegalArgumentException("max-splits: must be 2, 4, 8, 16 or 32. Found: " + maxSplits);
        }
        if (rule == Rule.FIRST_ORDER && maxSplits != LEAST_SPLITS) {
            throw new IllegalArgumentException(
                    "max-splits: must be 2 with the first-order rule, which has none. Found: " + maxSplits);
        }
        requireTolerance("absolute-tolerance", absoluteTolerance);
        requireTolerance("relative-tolerance", relativeTolerance);
        if (maxGradients < 0) {
            throw new IllegalArgumentException("max-gradients-per-step: must be at least 0. Found: " + maxGradients);
        }
    }

    private static void requireTolerance(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + ": must be at least 0 and finite. Found: " + value);
        }
    }

    public MeasureSettings withType(ElementType other) {
        return new MeasureSettings(other, rule, maxSplits, absoluteTolerance, relativeTolerance, maxGradients);
    }

    /** Whether an inaccurate step is refined. */
    public boolean refines() {
        return maxSplits > LEAST_SPLITS;
    }

    /**
     * The parameters in each chunk of an update with vectors, whose vectors take at most {@code chunkBytes}.
     *
     * @param objectives number of fixed objectives; 0 counts as one
     */
    public int chunkParameters(int objectives, int chunkBytes) {
        int gradients = refines() ? AVERAGES : rule.nodes;
        int vectors = 1 + Math.max(1, objectives) * gradients;
        int bytes = type == ElementType.ELEMENT_TYPE_FLOAT64 ? Double.BYTES : Float.BYTES;
        return Math.max(1, chunkBytes / (vectors * bytes));
    }

    /**
     * How far the residual, and each layer's error estimate, may be from 0.
     *
     * @param scale the larger of |loss change| and the sum over the layers of |LCA|
     */
    public double tolerance(double scale) {
        return absoluteTolerance + relativeTolerance * scale;
    }

    /**
     * The gradients that a step costs before any refinement. The very first step costs one more for each fixed
     * objective.
     *
     * @param fixed number of fixed objectives, which reuse the gradient at the end of a segment
     * @param sampled number of sampled ones, which cannot reuse it, because the next sample is different, and which
     *     also evaluate their anchor
     */
    int leastGradients(int fixed, int sampled) {
        return fixed * rule.gradients + sampled * (rule.gradients + 2);
    }
}
