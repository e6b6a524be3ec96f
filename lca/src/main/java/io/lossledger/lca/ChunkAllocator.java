package io.lossledger.lca;

import java.lang.reflect.Array;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Allocates the loss change of one segment to the parameters of one chunk: {@code A_i = δ_i · Σ_k w_k g_{k,i}}, with
 * one rule and, for comparison, a coarser one.
 *
 * <p>Vectors are flat, of any length, float32 or float64; {@code count} leading elements are used. Float32 is widened
 * first; products and sums are formed in double, nodes in ascending order.
 *
 * <p>With n weighted nodes and u = 2⁻⁵³ the rounding error of A_i is at most about {@code (n + 2) u |δ_i| Σ_k |w_k
 * g_{k,i}|}; the sums are those of {@link AllocationKernel#sum(double[], double[], int)}, to the bit. The squares of the
 * averaged gradient and of δ are added in the same order, in double. Cost: one pass over the input, in blocks that stay in the cache; 8 bytes per parameter are kept for the result.
 *
 * <p>Not thread-safe: it owns scratch buffers, which are reused by every call.
 *
 * <p>Nodes of weight 0 in both rules are never read: they may be null or contain anything. NaN and infinity elsewhere
 * are counted; see {@link AllocationSums}.
 */
public final class ChunkAllocator {
    private final double[] deltaBlock = new double[SumLanes.LANES];
    private final double[] gradientBlock = new double[SumLanes.LANES];
    private final double[] fineBlock = new double[SumLanes.LANES];
    private final double[] coarseBlock = new double[SumLanes.LANES];
    private final SumLanes lanes = new SumLanes();
    private double[] allocated = {};

    /**
     * Allocates in float32.
     *
     * @param delta movement of the parameters over the segment
     * @param gradients one per node, null where the node has weight 0
     * @param weights weights of the rule, one per node
     * @param coarseWeights weights of the coarser rule on the same nodes; null: no error estimate
     * @throws IllegalArgumentException if {@code count} is negative, {@code delta} or a weighted gradient is shorter than
     *     it, a weighted gradient is null, or gradients and weights differ in length
     */
    public AllocationSums allocate(
            float[] delta,
            float[] @Nullable [] gradients,
            double[] weights,
            double @Nullable [] coarseWeights,
            int count) {
        return allocateAny(delta, gradients, weights, coarseWeights, count);
    }

    /**
     * Allocates in float64; otherwise as {@link #allocate(float[], float[][], double[], double[], int)}.
     *
     * @throws IllegalArgumentException as in that method
     */
    public AllocationSums allocate(
            double[] delta,
            double[] @Nullable [] gradients,
            double[] weights,
            double @Nullable [] coarseWeights,
            int count) {
        return allocateAny(delta, gradients, weights, coarseWeights, count);
    }

    /**
     * The allocations of the last call in the {@code count} leading elements; further elements are left over from
     * earlier calls. A view, not a copy: valid until the next call.
     */
    public double[] allocated() {
        return allocated;
    }

    private AllocationSums allocateAny(
            Object delta,
            @Nullable Object[] gradients,
            double[] weights,
            double @Nullable [] coarseWeights,
            int count) {
        requireDimensions(delta, gradients, weights, coarseWeights, count);
        if (allocated.length < count) {
            allocated = new double[count];
        }
        lanes.clear();
        for (int from = 0; from < count; from += SumLanes.LANES) {
            int length = Math.min(SumLanes.LANES, count - from);
            average(gradients, weights, coarseWeights, from, length);
            load(delta, from, deltaBlock, length);
            lanes.addSquares(fineBlock, deltaBlock, length);
            AllocationKernel.multiply(deltaBlock, fineBlock, fineBlock, length);
            lanes.add(fineBlock, length);
            if (coarseWeights != null) {
                AllocationKernel.multiply(deltaBlock, coarseBlock, coarseBlock, length);
                lanes.addCoarse(fineBlock, coarseBlock, length);
            }
            System.arraycopy(fineBlock, 0, allocated, from, length);
        }
        return lanes.fold(allocated, count, coarseWeights != null).withSquares(lanes.foldSquares());
    }

    private void average(
            @Nullable Object[] gradients, double[] weights, double @Nullable [] coarseWeights, int from, int length) {
        Arrays.fill(fineBlock, 0.0);
        Arrays.fill(coarseBlock, 0.0);
        for (int node = 0; node < weights.length; node++) {
            double coarseWeight = coarseWeights == null ? 0.0 : coarseWeights[node];
            Object gradient = gradients[node];
            if (gradient == null || (weights[node] == 0.0 && coarseWeight == 0.0)) {
                continue;
            }
            load(gradient, from, gradientBlock, length);
            if (weights[node] != 0.0) {
                AllocationKernel.addScaled(gradientBlock, weights[node], fineBlock, length);
            }
            if (coarseWeight != 0.0) {
                AllocationKernel.addScaled(gradientBlock, coarseWeight, coarseBlock, length);
            }
        }
    }

    private static void load(Object vector, int from, double[] block, int length) {
        if (vector instanceof float[] floats) {
            widen(floats, from, block, length);
        } else {
            System.arraycopy(vector, from, block, 0, length);
        }
    }

    private static void widen(float[] vector, int from, double[] block, int length) {
        for (int i = 0; i < length; i++) {
            block[i] = vector[from + i];
        }
    }

    private static void requireDimensions(
            Object delta,
            @Nullable Object[] gradients,
            double[] weights,
            double @Nullable [] coarseWeights,
            int count) {
        Dimensions.requireCount(count);
        Dimensions.requireAtLeast(count, Array.getLength(delta), "delta");
        Dimensions.requireSameLength(weights.length, gradients.length, "gradients");
        if (coarseWeights != null) {
            Dimensions.requireSameLength(weights.length, coarseWeights.length, "coarseWeights");
        }
        for (int node = 0; node < weights.length; node++) {
            if (weights[node] == 0.0 && (coarseWeights == null || coarseWeights[node] == 0.0)) {
                continue;
            }
            String name = "gradients[" + node + "]";
            Object gradient = gradients[node];
            if (gradient == null) {
                throw new IllegalArgumentException(
                        name + ": must not be null, because its node has a weight. Found: null");
            }
            Dimensions.requireAtLeast(count, Array.getLength(gradient), name);
        }
    }
}
