package io.lossledger.lca;

import org.jspecify.annotations.Nullable;

/**
 * The loops of the allocation {@code A_i = δ_i · Σ_k w_k g_{k,i}} and of sums over it. Arrays are flat; {@code count}
 * leading elements are used and the arrays may be longer. Products and sums are formed in double, without fused
 * multiply-add, in an order that depends on the dimensions alone: the same input gives the same bits on every JVM.
 *
 * <p>Cost: one pass over the arrays per call; only the sums allocate, a fixed 26 KiB. {@link ChunkAllocator} does the
 * same work on a whole chunk while it stays in the cache and without allocating.
 *
 * <p>Stateless. Values are not checked: NaN and infinity follow IEEE 754.
 *
 * @see AllocationSums
 */
public final class AllocationKernel {
    private AllocationKernel() {}

    /**
     * {@code average[i] += weight * gradient[i]}.
     *
     * @throws IllegalArgumentException if {@code count} is negative or an array is shorter than it
     */
    public static void addScaled(float[] gradient, double weight, double[] average, int count) {
        requireDimensions(count, gradient.length, "gradient", average.length, "average");
        for (int i = 0; i < count; i++) {
            average[i] += weight * gradient[i];
        }
    }

    /**
     * {@code average[i] += weight * gradient[i]}.
     *
     * @throws IllegalArgumentException if {@code count} is negative or an array is shorter than it
     */
    public static void addScaled(double[] gradient, double weight, double[] average, int count) {
        requireDimensions(count, gradient.length, "gradient", average.length, "average");
        for (int i = 0; i < count; i++) {
            average[i] += weight * gradient[i];
        }
    }

    /**
     * {@code allocated[i] = delta[i] * average[i]}; {@code allocated} may be {@code average}.
     *
     * @throws IllegalArgumentException if {@code count} is negative or an array is shorter than it
     */
    public static void multiply(float[] delta, double[] average, double[] allocated, int count) {
        requireDimensions(count, delta.length, "delta", average.length, "average");
        Dimensions.requireAtLeast(count, allocated.length, "allocated");
        for (int i = 0; i < count; i++) {
            allocated[i] = delta[i] * average[i];
        }
    }

    /**
     * {@code allocated[i] = delta[i] * average[i]}; {@code allocated} may be {@code average} or {@code delta}.
     *
     * @throws IllegalArgumentException if {@code count} is negative or an array is shorter than it
     */
    public static void multiply(double[] delta, double[] average, double[] allocated, int count) {
        requireDimensions(count, delta.length, "delta", average.length, "average");
        Dimensions.requireAtLeast(count, allocated.length, "allocated");
        for (int i = 0; i < count; i++) {
            allocated[i] = delta[i] * average[i];
        }
    }

    /**
     * The sums over {@code allocated}, without an error estimate: coarseSum and absoluteEstimate are NaN.
     *
     * <p>Parameter i goes to lane i mod 256, each lane adds in flat order, and the lanes are folded in halves: 128
     * pairs, 64 pairs and so on. Help and harm are computed in this way, and the sum is help + harm. The error of a
     * total over N values is at most about {@code (N/256 + 10) 2⁻⁵³ Σ|value|}. When help or harm is not finite, sum,
     * help and harm are formed in flat order instead.
     *
     * @throws IllegalArgumentException if {@code count} is negative or the array is shorter than it
     */
    public static AllocationSums sum(double[] allocated, int count) {
        Dimensions.requireCount(count);
        Dimensions.requireAtLeast(count, allocated.length, "allocated");
        return sumBlocks(allocated, null, count);
    }

    /**
     * The sums over {@code allocated} in the order of {@link #sum(double[], int)}, with an error estimate.
     *
     * @param coarse the allocations of the same parameters according to the coarser rule
     * @throws IllegalArgumentException if {@code count} is negative or an array is shorter than it
     */
    public static AllocationSums sum(double[] allocated, double[] coarse, int count) {
        requireDimensions(count, allocated.length, "allocated", coarse.length, "coarse");
        return sumBlocks(allocated, coarse, count);
    }

    /**
     * Adds every allocation to its unit: parameter i belongs to unit {@code (offset + i) / parametersPerUnit}, and
     * {@code unitSums[0]} is the unit of {@code offset} itself. The running sum of each unit is formed in flat order
     * and starts from the value in {@code unitSums}, so that adding chunks one after the other gives the same bits as
     * the whole.
     *
     * @param offset flat position of the first allocation within its tensor
     * @throws IllegalArgumentException if {@code count} or {@code offset} is negative, {@code parametersPerUnit} is below
     *     1, or an array is too short
     */
    public static void addUnitSums(
            double[] allocated, int count, long offset, int parametersPerUnit, double[] unitSums) {
        UnitSums.add(allocated, count, offset, parametersPerUnit, unitSums);
    }

    private static AllocationSums sumBlocks(double[] allocated, double @Nullable [] coarse, int count) {
        SumLanes lanes = new SumLanes();
        double[] block = new double[SumLanes.LANES];
        double[] coarseBlock = new double[SumLanes.LANES];
        for (int from = 0; from < count; from += SumLanes.LANES) {
            int length = Math.min(SumLanes.LANES, count - from);
            System.arraycopy(allocated, from, block, 0, length);
            lanes.add(block, length);
            if (coarse != null) {
                System.arraycopy(coarse, from, coarseBlock, 0, length);
                lanes.addCoarse(block, coarseBlock, length);
            }
        }
        return lanes.fold(allocated, count, coarse != null);
    }

    private static void requireDimensions(
            int count, int firstLength, String firstName, int secondLength, String secondName) {
        Dimensions.requireCount(count);
        Dimensions.requireAtLeast(count, firstLength, firstName);
        Dimensions.requireAtLeast(count, secondLength, secondName);
    }
}
