package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkAllocatorTest {
    private static final double[] SIMPSON = Quadrature.simpson(2).weights();
    private static final double[] TRAPEZOID = Quadrature.trapezoid().weightsOn(2);

    private final ChunkAllocator allocator = new ChunkAllocator();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 7, 255, 256, 257, 1023, 2049})
    void agreesWithExactArithmetic(int count) {
        for (int splits = 2; splits <= 8; splits += 2) {
            Random random = new Random(count + splits);
            double[] delta = random.doubles(count, -1e-2, 1e-2).toArray();
            double[][] gradients = new double[splits + 1][];
            Arrays.setAll(gradients, node -> random.doubles(count, -1, 1).toArray());
            double[] weights = Quadrature.simpson(splits).weights();

            AllocationSums sums = allocator.allocate(delta, gradients, weights, null, count);

            double[] allocated = Arrays.copyOf(allocator.allocated(), count);
            for (int i = 0; i < count; i++) {
                ExactOracle.assertAllocation(allocated[i], delta[i], column(gradients, i), weights);
            }
            ExactOracle.assertSums(sums, allocated, new double[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 255, 257, 1000})
    void float32GivesTheBitsOfTheSameValuesInFloat64(int count) {
        Random random = new Random(count);
        float[] delta = floats(random, count);
        float[][] gradients = {floats(random, count), floats(random, count), floats(random, count)};
        double[][] wide = {widen(gradients[0]), widen(gradients[1]), widen(gradients[2])};

        AllocationSums narrow = allocator.allocate(delta, gradients, SIMPSON, TRAPEZOID, count);
        double[] allocated = Arrays.copyOf(allocator.allocated(), count);

        assertThat(allocator.allocate(widen(delta), wide, SIMPSON, TRAPEZOID, count))
                .isEqualTo(narrow);
        assertThat(Arrays.copyOf(allocator.allocated(), count)).containsExactly(allocated);
    }

    @Test
    void givesTheBitsOfTheKernelsCalledOneByOne() {
        int count = 1_234;
        Random random = new Random(7);
        float[] delta = floats(random, count);
        float[][] gradients = {floats(random, count), floats(random, count), floats(random, count)};
        double[] fine = new double[count];
        double[] coarse = new double[count];
        for (int node = 0; node < 3; node++) {
            AllocationKernel.addScaled(gradients[node], SIMPSON[node], fine, count);
            AllocationKernel.addScaled(gradients[node], TRAPEZOID[node], coarse, count);
        }
        AllocationKernel.multiply(delta, fine, fine, count);
        AllocationKernel.multiply(delta, coarse, coarse, count);

        AllocationSums sums = allocator.allocate(delta, gradients, SIMPSON, TRAPEZOID, count);
        assertThat(sums.withSquares(null)).isEqualTo(AllocationKernel.sum(fine, coarse, count));
        assertThat(Arrays.copyOf(allocator.allocated(), count)).containsExactly(fine);
    }

    @Test
    void neverReadsNodesWithoutWeight() {
        double[] poison = {Double.NaN, Double.NaN};
        double[] gradient = {2.0, -3.0};
        double[] weights = {0.0, 1.0, 0.0};
        double[] @Nullable [] gradients = {poison, gradient, null};
        AllocationSums sums = allocator.allocate(new double[] {1.0, 1.0}, gradients, weights, weights, 2);
        assertThat(sums.sum()).isEqualTo(-1.0);
        assertThat(sums.absoluteEstimate()).isZero();
        assertThat(sums.nonFinite()).isZero();
    }

    @Test
    void readsANodeThatOnlyTheCoarserRuleWeighs() {
        double[][] gradients = {{1.0}, {5.0}, {3.0}};
        AllocationSums sums = allocator.allocate(new double[] {2.0}, gradients, new double[] {0, 1, 0}, TRAPEZOID, 1);
        assertThat(sums.sum()).isEqualTo(10.0);
        assertThat(sums.coarseSum()).isEqualTo(4.0);
        assertThat(sums.absoluteEstimate()).isEqualTo(6.0);
    }

    @Test
    void keepsNothingFromAnEarlierLargerChunk() {
        double[] large = new Random(1).doubles(3_000, -1, 1).toArray();
        allocator.allocate(large, new double[][] {large, large, large}, SIMPSON, TRAPEZOID, 3_000);
        double[] small = {1.0, -2.0, 0.0};
        double[][] gradients = {small, small, small};
        assertThat(allocator.allocate(small, gradients, SIMPSON, TRAPEZOID, 3))
                .isEqualTo(new ChunkAllocator().allocate(small, gradients, SIMPSON, TRAPEZOID, 3));
    }

    @Test
    void flagsWhatIsNotFinite() {
        float[] delta = {1.0f, Float.POSITIVE_INFINITY, 0.0f, 1.0f};
        float[][] gradients = {{Float.NaN, 1.0f, 1.0f, 2.0f}};
        AllocationSums sums = allocator.allocate(delta, gradients, new double[] {1.0}, null, 4);
        assertThat(sums.nonFinite()).isEqualTo(2);
        assertThat(sums.zero()).isEqualTo(1);
        assertThat(sums.harm()).isEqualTo(2.0);
        assertThat(sums.sum()).isNaN();
    }

    @Test
    void refusesDimensionsThatDoNotMatch() {
        double[] two = new double[2];
        double[][] gradients = {two, two, two};
        assertRefused(two, gradients, SIMPSON, null, 3, "delta.length: must be at least 3. Found: 2");
        assertRefused(two, new double[][] {two}, SIMPSON, null, 2, "gradients.length: must be 3. Found: 1");
        assertRefused(two, gradients, SIMPSON, two, 2, "coarseWeights.length: must be 3. Found: 2");
        assertRefused(two, gradients, SIMPSON, null, -1, "count: must not be negative. Found: -1");
        assertRefused(
                two,
                new double[][] {two, new double[1], two},
                SIMPSON,
                null,
                2,
                "gradients[1].length: must be at least 2. Found: 1");
        assertRefused(
                two,
                new double[] @Nullable [] {two, two, null},
                new double[] {0, 1, 0},
                TRAPEZOID,
                2,
                "gradients[2]: must not be null, because its node has a weight. Found: null");
    }

    private void assertRefused(
            double[] delta,
            double[] @Nullable [] gradients,
            double[] weights,
            double @Nullable [] coarse,
            int count,
            String message) {
        assertThatThrownBy(() -> allocator.allocate(delta, gradients, weights, coarse, count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static double[] column(double[][] rows, int index) {
        return Arrays.stream(rows).mapToDouble(row -> row[index]).toArray();
    }

    private static float[] floats(Random random, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextGaussian();
        }
        return floats;
    }

    private static double[] widen(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }
}
