package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** L = ½xᵀHx + bᵀx: A_i = Δ_i [g_i + ½ (HΔ)_i]. */
final class QuadraticCaseTest {
    private static final int SIZE = 23;

    private final Random random = new Random(11);
    private final double[][] hessian = symmetric(random);
    private final double[] linear = random.doubles(SIZE, -1, 1).toArray();
    private final double[] start = random.doubles(SIZE, -1, 1).toArray();

    @ParameterizedTest
    @ValueSource(strings = {"simpson-2", "simpson-8", "trapezoid", "midpoint"})
    void everyRuleFromTheTrapezoidOnIsExact(String rule) {
        Segment segment = new Segment(start, random.doubles(SIZE, -1, 1).toArray());
        double[] gradient = gradient(start);
        double[] curvature = times(hessian, segment.delta());
        double[] expected = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            expected[i] = segment.delta()[i] * (gradient[i] + 0.5 * curvature[i]);
        }
        Quadrature quadrature = Quadrature.named(rule).orElseThrow();
        assertThat(segment.allocate(this::gradient, quadrature)).containsExactly(expected, within(1e-13));
        assertThat(segment.sums(this::gradient, quadrature).sum())
                .isCloseTo(loss(segment.end()) - loss(start), within(1e-12));
    }

    @Test
    void firstOrderLeavesHalfTheCurvatureAsItsResidual() {
        Segment segment = new Segment(start, random.doubles(SIZE, -1, 1).toArray());
        double allocated = segment.sums(this::gradient, Quadrature.firstOrder()).sum();
        double curvature = dot(segment.delta(), times(hessian, segment.delta()));
        assertThat(allocated - (loss(segment.end()) - loss(start))).isCloseTo(-0.5 * curvature, within(1e-12));
    }

    @Test
    void gradientDescentAllocatesAsInTheClosedForm() {
        double rate = 0.05;
        double[] gradient = gradient(start);
        double[] curvature = times(hessian, gradient);
        double[] end = new double[SIZE];
        double[] expected = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            end[i] = start[i] - rate * gradient[i];
            expected[i] = -rate * gradient[i] * gradient[i] + 0.5 * rate * rate * gradient[i] * curvature[i];
        }
        assertThat(new Segment(start, end).allocate(this::gradient, Quadrature.simpson(2)))
                .containsExactly(expected, within(1e-13));
    }

    private double[] gradient(double[] point) {
        double[] gradient = times(hessian, point);
        for (int i = 0; i < SIZE; i++) {
            gradient[i] += linear[i];
        }
        return gradient;
    }

    private double loss(double[] point) {
        return 0.5 * dot(point, times(hessian, point)) + dot(linear, point);
    }

    private static double[] times(double[][] matrix, double[] vector) {
        double[] product = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            product[i] = dot(matrix[i], vector);
        }
        return product;
    }

    private static double dot(double[] left, double[] right) {
        double dot = 0.0;
        for (int i = 0; i < left.length; i++) {
            dot += left[i] * right[i];
        }
        return dot;
    }

    private static double[][] symmetric(Random random) {
        double[][] matrix = new double[SIZE][SIZE];
        for (int i = 0; i < SIZE; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = random.nextGaussian();
                matrix[j][i] = matrix[i][j];
            }
        }
        return matrix;
    }
}
