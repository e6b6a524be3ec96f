package io.lossledger.lca;

import java.util.Arrays;

/**
 * Running sums in {@value #LANES} independent lanes. Lane j takes the parameters j, j + {@value #LANES}, j + 2 ·
 * {@value #LANES}, … in this order. At the end the lanes are folded in halves: lane j takes lane j + {@value #LANES}/2,
 * then lane j + {@value #LANES}/4, and so on down to lane 0. The result depends only on the values and is the same on
 * every JVM.
 *
 * <p>The caller adds blocks of {@value #LANES} parameters, in flat order; only the last one may be shorter. With u =
 * 2⁻⁵³ the error of a sum over N values is at most about {@code (N/256 + 10) u Σ|value|}. Not thread-safe.
 */
final class SumLanes {
    static final int LANES = 256;

    // The loops share one index from 0 and a length that is not a constant, and read one element of each array at a
    // time:
    // otherwise JDK 17 does not use vector instructions.
    private final double[] twiceHelp = new double[LANES];
    private final double[] twiceHarm = new double[LANES];
    private final double[] squares = new double[LANES];
    private final double[] signs = new double[LANES];
    private final double[] nonZeros = new double[LANES];
    private final double[] min = new double[LANES];
    private final double[] max = new double[LANES];
    private final double[] coarseSum = new double[LANES];
    private final double[] distance = new double[LANES];
    private final double[] gradientSquares = new double[LANES];
    private final double[] deltaSquares = new double[LANES];

    void clear() {
        double[][] all = {
            twiceHelp, twiceHarm, squares, signs, nonZeros, min, max, coarseSum, distance, gradientSquares, deltaSquares
        };
        for (double[] lanes : all) {
            Arrays.fill(lanes, 0.0);
        }
    }

    void add(double[] block, int length) {
        addTotals(block, twiceHelp, twiceHarm, squares, length);
        addSigns(block, signs, nonZeros, length);
        addExtremes(block, min, max, length);
    }

    /** Adds the same parameters according to the coarser rule. */
    void addCoarse(double[] block, double[] coarseBlock, int length) {
        addDistances(block, coarseBlock, coarseSum, distance, length);
    }

    /** Adds the averaged gradient and the update of the same parameters. */
    void addSquares(double[] gradientBlock, double[] deltaBlock, int length) {
        addSquares(gradientBlock, deltaBlock, gradientSquares, deltaSquares, length);
    }

    /** Folds the lanes of {@link #addSquares} into one, which destroys them. */
    SquareSums foldSquares() {
        return new SquareSums(fold(gradientSquares), fold(deltaSquares));
    }

    /**
     * Folds the lanes into one, which destroys them.
     *
     * @param allocated all added allocations
     * @param count their number
     */
    AllocationSums fold(double[] allocated, int count, boolean hasCoarse) {
        double help = 0.5 * fold(twiceHelp);
        double harm = 0.5 * fold(twiceHarm);
        double sumOfSquares = fold(squares);
        double coarse = hasCoarse ? fold(coarseSum) : Double.NaN;
        double estimate = hasCoarse ? fold(distance) : Double.NaN;
        if (!Double.isFinite(harm - help)) {
            return NonFiniteSums.of(allocated, count, sumOfSquares, coarse, estimate);
        }
        long nonZero = (long) fold(nonZeros);
        long helped = (nonZero - (long) fold(signs)) / 2;
        return new AllocationSums(
                count,
                helped,
                nonZero - helped,
                count - nonZero,
                0,
                help + harm,
                help,
                harm,
                sumOfSquares,
                smallest(min),
                largest(max),
                coarse,
                estimate);
    }

    /** a − |a| is exactly 2a or 0: this avoids a branch, which random signs would make slow. */
    private static void addTotals(
            double[] block, double[] twiceHelp, double[] twiceHarm, double[] squares, int length) {
        for (int i = 0; i < length; i++) {
            double allocation = block[i];
            double magnitude = Math.abs(allocation);
            twiceHelp[i] += allocation - magnitude;
            twiceHarm[i] += allocation + magnitude;
            squares[i] += allocation * allocation;
        }
    }

    /** Even the smallest double, 2⁻¹⁰⁷⁴, is 1 after scaling; clamping then gives the sign: −1, 0 or 1. */
    private static void addSigns(double[] block, double[] signs, double[] nonZeros, int length) {
        for (int i = 0; i < length; i++) {
            double sign = Math.max(-1.0, Math.min(1.0, block[i] * 0x1p1000 * 0x1p74));
            signs[i] += sign;
            nonZeros[i] += Math.abs(sign);
        }
    }

    private static void addExtremes(double[] block, double[] min, double[] max, int length) {
        for (int i = 0; i < length; i++) {
            double allocation = block[i];
            min[i] = Math.min(min[i], allocation);
            max[i] = Math.max(max[i], allocation);
        }
    }

    private static void addDistances(
            double[] block, double[] coarseBlock, double[] coarseSum, double[] distance, int length) {
        for (int i = 0; i < length; i++) {
            double coarse = coarseBlock[i];
            coarseSum[i] += coarse;
            distance[i] += Math.abs(block[i] - coarse);
        }
    }

    private static void addSquares(
            double[] gradientBlock, double[] deltaBlock, double[] gradientSquares, double[] deltaSquares, int length) {
        for (int i = 0; i < length; i++) {
            double gradient = gradientBlock[i];
            double delta = deltaBlock[i];
            gradientSquares[i] += gradient * gradient;
            deltaSquares[i] += delta * delta;
        }
    }

    private static double fold(double[] lanes) {
        for (int width = LANES / 2; width > 0; width /= 2) {
            for (int i = 0; i < width; i++) {
                lanes[i] += lanes[i + width];
            }
        }
        return lanes[0];
    }

    // Adding 0.0 turns -0.0, which an allocation may be, into 0.0.
    private static double smallest(double[] lanes) {
        double smallest = 0.0;
        for (double lane : lanes) {
            smallest = Math.min(smallest, lane);
        }
        return smallest + 0.0;
    }

    private static double largest(double[] lanes) {
        double largest = 0.0;
        for (double lane : lanes) {
            largest = Math.max(largest, lane);
        }
        return largest;
    }
}
