package io.lossledger.lca;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SquareSumsTest {
    private static final double[] SIMPSON = Quadrature.simpson(2).weights();

    private final ChunkAllocator allocator = new ChunkAllocator();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 127, 128, 255, 256, 257, 511, 513, 1023, 2049, 4097})
    void agreeWithExactArithmetic(int count) {
        Random random = new Random(count);
        double[] delta = values(random, count);
        double[][] gradients = {values(random, count), values(random, count), values(random, count)};
        BigDecimal gradientSquares = BigDecimal.ZERO;
        BigDecimal deltaSquares = BigDecimal.ZERO;
        double magnitude = 0.0;
        for (int i = 0; i < count; i++) {
            BigDecimal mean = BigDecimal.ZERO;
            double absolute = 0.0;
            for (int node = 0; node < 3; node++) {
                mean = mean.add(new BigDecimal(SIMPSON[node]).multiply(new BigDecimal(gradients[node][i])));
                absolute += SIMPSON[node] * Math.abs(gradients[node][i]);
            }
            gradientSquares = gradientSquares.add(mean.multiply(mean));
            deltaSquares = deltaSquares.add(new BigDecimal(delta[i]).pow(2));
            magnitude += absolute * absolute;
        }

        SquareSums squares = squares(delta, gradients, SIMPSON);

        double slack = (count / 256.0 + 16) * 0x1p-53;
        assertThat(squares.gradient()).isCloseTo(gradientSquares.doubleValue(), within(slack * magnitude));
        assertThat(squares.delta()).isCloseTo(deltaSquares.doubleValue(), within(slack * deltaSquares.doubleValue()));
    }

    /** L = ½ Σ h_i x_i², where the gradient averaged over a segment is h_i times the middle of the segment. */
    @Test
    void ofAQuadraticFollowFromItsClosedForm() {
        double[] curvature = {3.0, 0.5, 2.0, 7.0};
        double[] start = {1.0, -2.0, 0.25, 3.0};
        double[] end = {0.5, -1.0, 0.75, 3.0};
        double[] middle = {0.75, -1.5, 0.5, 3.0};
        double gradientSquares = 0.0;
        double deltaSquares = 0.25 + 1.0 + 0.25 + 0.0;
        double lossChange = 0.0;
        for (int i = 0; i < 4; i++) {
            gradientSquares += Math.pow(curvature[i] * middle[i], 2);
            lossChange += 0.5 * curvature[i] * (end[i] * end[i] - start[i] * start[i]);
        }

        AllocationSums sums = new Segment(start, end).sums(x -> times(curvature, x), Quadrature.simpson(4));
        SquareSums squares = requireNonNull(sums.squares());

        assertThat(squares.gradientNorm()).isCloseTo(Math.sqrt(gradientSquares), within(1e-14));
        assertThat(squares.deltaNorm()).isCloseTo(Math.sqrt(deltaSquares), within(1e-15));
        assertThat(squares.cosine(sums.sum()))
                .isCloseTo(lossChange / Math.sqrt(gradientSquares) / Math.sqrt(deltaSquares), within(1e-15));
    }

    @Test
    void cosineIsMinusOneStraightDownhillAndNeverBeyond() {
        double[] gradient = new Random(3).doubles(1_000, -1, 1).toArray();
        double[] downhill = Arrays.stream(gradient).map(g -> -0.1 * g).toArray();
        AllocationSums down = allocator.allocate(downhill, new double[][] {gradient}, new double[] {1}, null, 1_000);
        assertThat(requireNonNull(down.squares()).cosine(down.sum())).isCloseTo(-1.0, within(1e-14));
        assertThat(new SquareSums(1.0, 1.0).cosine(1.0 + 1e-15)).isEqualTo(1.0);
        assertThat(new SquareSums(1.0, 1.0).cosine(-1.0 - 1e-15)).isEqualTo(-1.0);
    }

    @Test
    void cosineIsNotDefinedForANormThatIsZeroOrNotFinite() {
        assertThat(new SquareSums(0.0, 1.0).cosine(0.0)).isNaN();
        assertThat(new SquareSums(1.0, 0.0).cosine(0.0)).isNaN();
        assertThat(new SquareSums(Double.POSITIVE_INFINITY, 1.0).cosine(1.0)).isNaN();
        assertThat(new SquareSums(1.0, Double.NaN).cosine(Double.NaN)).isNaN();
    }

    @Test
    void includeWhatIsNotFinite() {
        double[] delta = {1.0, 1.0};
        SquareSums squares = squares(delta, new double[][] {{Double.NaN, 1.0}}, new double[] {1.0});
        assertThat(squares.gradient()).isNaN();
        assertThat(squares.delta()).isEqualTo(2.0);
    }

    @Test
    void areAddedLaneByLaneAndFoldedInHalves() {
        double[] delta = values(new Random(5), 1_400);
        double[] lanes = new double[256];
        for (int i = 0; i < 1_400; i++) {
            lanes[i % 256] += delta[i] * delta[i];
        }
        for (int width = 128; width > 0; width /= 2) {
            for (int i = 0; i < width; i++) {
                lanes[i] = lanes[i] + lanes[width + i];
            }
        }
        assertThat(squares(delta, new double[][] {delta}, new double[] {1.0}))
                .isEqualTo(new SquareSums(lanes[0], lanes[0]));
    }

    private SquareSums squares(double[] delta, double[][] gradients, double[] weights) {
        return requireNonNull(allocator
                .allocate(delta, gradients, weights, null, delta.length)
                .squares());
    }

    private static double[] times(double[] left, double[] right) {
        double[] product = new double[left.length];
        Arrays.setAll(product, i -> left[i] * right[i]);
        return product;
    }

    /** Both signs, magnitudes from 1e-8 to 1e8, a quarter exactly zero. */
    private static double[] values(Random random, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(4) == 0 ? 0.0 : random.nextGaussian() * Math.pow(10, random.nextInt(17) - 8);
        }
        return values;
    }
}
