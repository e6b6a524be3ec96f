package io.lossledger.lca;

import java.util.Arrays;

/**
 * Running sums in {@value #LANES} independent lanes. Lane j takes the parameters j, j + {@value #LANES}, j + 2 ·
 * {@value #LANES}, … in this order; at the end lane j takes lane j + 128 for all j below 128, then lane j + 64 for all
 * j below 64, and so on down to lane 0. The result depends on the values alone and is the same on every JVM.
 *
 * <p>The caller hands in blocks of {@value #LANES} parameters, in flat order; only the last one may be shorter. All
 * arrays of a loop share one index from 0: with an offset into one of them, JDK 17 would not use vector instructions.
 *
 * <p>With u = 2⁻⁵³ the error of a sum over N values is at most about {@code (N/256 + 8) u Σ|value|}. Not thread-safe.
 */
final class SumLanes {
    static final int LANES = 256;

    private final double[] sum = new double[LANES];
    private final double[] help = new double[LANES];
    private final double[] harm = new double[LANES];
    private final double[] squares = new double[LANES];
    private final double[] signs = new double[LANES];
    private final double[] nonZeros = new double[LANES];
    private final double[] min = new double[LANES];
    private final double[] max = new double[LANES];
    private final double[] coarseSum = new double[LANES];
    private final double[] distance = new double[LANES];

    void clear() {
        double[][] all = {sum, help, harm, squares, signs, nonZeros, min, max, coarseSum, distance};
        for (double[] lanes : all) {
            Arrays.fill(lanes, 0.0);
        }
    }

    void add(double[] block, int length) {
        addTotals(block, sum, help, harm, squares, length);
        addSigns(block, signs, nonZeros, length);
        addExtremes(block, min, max, length);
    }

    void addCoarse(double[] block, double[] coarseBlock, int length) {
        addDistances(block, coarseBlock, coarseSum, distance, length);
    }

    /**
     * Folds the lanes into one, which uses them up.
     *
     * @param allocated all that was added
     * @param count how many that are
     */
    AllocationSums fold(double[] allocated, int count, boolean hasCoarse) {
        double totalHelp = fold(help);
        double totalHarm = fold(harm);
        double coarse = hasCoarse ? fold(coarseSum) : Double.NaN;
        double estimate = hasCoarse ? fold(distance) : Double.NaN;
        if (!Double.isFinite(totalHarm - totalHelp)) {
            return NonFiniteSums.of(allocated, count, fold(sum), fold(squares), coarse, estimate);
        }
        long sign = (long) fold(signs);
        long nonZero = (long) fold(nonZeros);
        long helped = (nonZero - sign) / 2;
        return new AllocationSums(
                count,
                helped,
                nonZero - helped,
                count - nonZero,
                0,
                fold(sum),
                totalHelp,
                totalHarm,
                fold(squares),
                smallest(min),
                largest(max),
                coarse,
                estimate);
    }

    /** The halves of a ± |a| are exact, so that no branch is needed, which random signs would make slow. */
    private static void addTotals(
            double[] block, double[] sum, double[] help, double[] harm, double[] squares, int length) {
        for (int i = 0; i < length; i++) {
            double allocation = block[i];
            double magnitude = Math.abs(allocation);
            sum[i] += allocation;
            help[i] += 0.5 * (allocation - magnitude);
            harm[i] += 0.5 * (allocation + magnitude);
            squares[i] += allocation * allocation;
        }
    }

    /** Even the smallest double, 2⁻¹⁰⁷⁴, is 1 after scaling; clamping then leaves the sign: −1, 0 or 1. */
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

    private static double fold(double[] lanes) {
        for (int width = LANES / 2; width > 0; width /= 2) {
            for (int i = 0; i < width; i++) {
                lanes[i] += lanes[i + width];
            }
        }
        return lanes[0];
    }

    // Adding 0.0 turns -0.0, which an allocation may well be, into 0.0.
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
