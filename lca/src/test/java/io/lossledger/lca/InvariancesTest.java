package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for every loss; here the loss is log Σ exp, which no rule integrates exactly. */
final class InvariancesTest {
    private static final int SIZE = 301;
    private static final Offset<Double> ROUNDING = within(1e-14);

    private final Random random = new Random(31);
    private final Segment segment = new Segment(
            random.doubles(SIZE, -3, 3).toArray(), random.doubles(SIZE, -3, 3).toArray());

    @Test
    void theAllocationsAddUpToTheLossChange() {
        double change = loss(segment.end()) - loss(segment.start());
        AllocationSums coarse = segment.sums(InvariancesTest::gradient, Quadrature.simpson(8));
        AllocationSums fine = segment.sums(InvariancesTest::gradient, Quadrature.simpson(32));
        double coarseResidual = Math.abs(change - coarse.sum());
        assertThat(fine.sum()).isCloseTo(change, within(1e-5));
        assertThat(Math.abs(change - fine.sum())).isLessThan(coarseResidual / 50);
        assertThat(coarse.estimate()).isGreaterThan(coarseResidual);
    }

    @Test
    void allocationIsLinearInTheLoss() {
        UnaryOperator<double[]> other = point -> map(point, x -> Math.sin(3 * x));
        UnaryOperator<double[]> mixed = point -> combine(0.3, gradient(point), 0.7, other.apply(point));
        Quadrature rule = Quadrature.simpson(4);
        assertThat(segment.allocate(mixed, rule))
                .containsExactly(
                        combine(
                                0.3,
                                segment.allocate(InvariancesTest::gradient, rule),
                                0.7,
                                segment.allocate(other, rule)),
                        ROUNDING);
    }

    @Test
    void rescalingParametersChangesNothing() {
        double[] scale = random.doubles(SIZE, 0.1, 10).toArray();
        Segment scaled = new Segment(divide(segment.start(), scale), divide(segment.end(), scale));
        UnaryOperator<double[]> gradient = point -> times(scale, gradient(times(scale, point)));
        assertThat(scaled.allocate(gradient, Quadrature.simpson(4)))
                .containsExactly(segment.allocate(InvariancesTest::gradient, Quadrature.simpson(4)), ROUNDING);
    }

    @Test
    void permutingParametersPermutesAllocations() {
        int[] order = random.ints(0, SIZE).distinct().limit(SIZE).toArray();
        Segment permuted = new Segment(permute(segment.start(), order), permute(segment.end(), order));
        assertThat(permuted.allocate(InvariancesTest::gradient, Quadrature.simpson(2)))
                .containsExactly(
                        permute(segment.allocate(InvariancesTest::gradient, Quadrature.simpson(2)), order), ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"simpson-2", "simpson-16", "trapezoid", "midpoint"})
    void reversingTheSegmentNegatesAllocations(String rule) {
        Quadrature quadrature = Quadrature.named(rule).orElseThrow();
        assertThat(segment.reversed().allocate(InvariancesTest::gradient, quadrature))
                .containsExactly(map(segment.allocate(InvariancesTest::gradient, quadrature), x -> -x), ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 12, 32})
    void aRuleOnASegmentIsTheRuleOfHalfTheSplitsOnEachHalf(int splits) {
        Quadrature half = Quadrature.simpson(splits / 2);
        double[] middle = segment.at(0.5);
        double[] first = new Segment(segment.start(), middle).allocate(InvariancesTest::gradient, half);
        double[] second = new Segment(middle, segment.end()).allocate(InvariancesTest::gradient, half);
        assertThat(combine(1, first, 1, second))
                .containsExactly(segment.allocate(InvariancesTest::gradient, Quadrature.simpson(splits)), ROUNDING);
    }

    @Test
    void frozenAndDeadParametersAreExactlyZero() {
        double[] end = segment.end().clone();
        System.arraycopy(segment.start(), 0, end, 0, 100);
        UnaryOperator<double[]> gradient = point -> {
            double[] dead = gradient(point);
            Arrays.fill(dead, 200, SIZE, -0.0);
            return dead;
        };
        AllocationSums sums = new Segment(segment.start(), end).sums(gradient, Quadrature.simpson(2));
        assertThat(sums.zero()).isEqualTo(201);
        assertThat(sums.helped() + sums.hurt()).isEqualTo(100);
    }

    private static double loss(double[] point) {
        double sum = 0.0;
        for (double x : point) {
            sum += Math.exp(x);
        }
        return Math.log(sum);
    }

    private static double[] gradient(double[] point) {
        double loss = loss(point);
        return map(point, x -> Math.exp(x - loss));
    }

    private static double[] map(double[] vector, DoubleUnaryOperator function) {
        return Arrays.stream(vector).map(function).toArray();
    }

    private static double[] combine(double a, double[] left, double b, double[] right) {
        double[] combined = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            combined[i] = a * left[i] + b * right[i];
        }
        return combined;
    }

    private static double[] times(double[] left, double[] right) {
        double[] product = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            product[i] = left[i] * right[i];
        }
        return product;
    }

    private static double[] divide(double[] left, double[] right) {
        return times(left, map(right, x -> 1 / x));
    }

    private static double[] permute(double[] vector, int[] order) {
        double[] permuted = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            permuted[i] = vector[order[i]];
        }
        return permuted;
    }
}
