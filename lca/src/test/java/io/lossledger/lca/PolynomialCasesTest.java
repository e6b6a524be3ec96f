package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Losses that are polynomials along the segment, with allocations known in closed form. */
final class PolynomialCasesTest {
    private static final Offset<Double> ROUNDING = within(1e-12);
    private static final double[] ORIGIN = {0.0, 0.0};
    private static final double[] ONES = {1.0, 1.0};

    @Test
    void himmelblau() {
        Segment segment = new Segment(ORIGIN, new double[] {3.0, 2.0});
        double[] allocated = segment.allocate(PolynomialCasesTest::himmelblauGradient, Quadrature.simpson(2));
        assertThat(allocated).containsExactly(new double[] {-118.0, -52.0}, ROUNDING);
        assertThat(segment.sums(PolynomialCasesTest::himmelblauGradient, Quadrature.simpson(2))
                        .sum())
                .isCloseTo(-170.0, ROUNDING);
    }

    @Test
    void rosenbrockFromTheOriginHurtsInTheSecondParameter() {
        Segment segment = new Segment(ORIGIN, ONES);
        double[] allocated = segment.allocate(PolynomialCasesTest::rosenbrockGradient, Quadrature.simpson(2));
        assertThat(allocated).containsExactly(new double[] {-103 / 3.0, 100 / 3.0}, ROUNDING);
        AllocationSums sums = segment.sums(PolynomialCasesTest::rosenbrockGradient, Quadrature.simpson(2));
        assertThat(sums.sum()).isCloseTo(-1.0, ROUNDING);
        assertThat(sums.helped()).isEqualTo(1);
        assertThat(sums.hurt()).isEqualTo(1);
    }

    @Test
    void rosenbrockFromItsUsualStartLeavesTheParameterThatDoesNotMoveAtZero() {
        Segment segment = new Segment(new double[] {-1.2, 1.0}, ONES);
        double[] allocated = segment.allocate(PolynomialCasesTest::rosenbrockGradient, Quadrature.simpson(2));
        assertThat(allocated[0]).isCloseTo(-24.2, ROUNDING);
        assertThat(allocated[1]).isZero();
        assertThat(segment.sums(PolynomialCasesTest::rosenbrockGradient, Quadrature.simpson(2))
                        .zero())
                .isEqualTo(1);
    }

    @Test
    void errorsThatCancelInTheSumShowInTheAbsoluteEstimate() {
        Segment segment = new Segment(ORIGIN, ONES);
        double[] allocated = segment.allocate(PolynomialCasesTest::cancellingGradient, Quadrature.simpson(2));
        AllocationSums sums = segment.sums(PolynomialCasesTest::cancellingGradient, Quadrature.simpson(4));

        assertThat(allocated).containsExactly(new double[] {1.125, -1.125}, ROUNDING);
        assertThat(sums.sum()).isCloseTo(0.0, ROUNDING);
        assertThat(sums.estimate()).isCloseTo(0.0, ROUNDING);
        // Simpson with 4 splits gives ±(1 + 1/128), with 2 it gives ±(1 + 1/8).
        assertThat(sums.absoluteEstimate()).isCloseTo(2 * (1 / 8.0 - 1 / 128.0), ROUNDING);
    }

    private static double[] himmelblauGradient(double[] p) {
        double first = p[0] * p[0] + p[1] - 11;
        double second = p[0] + p[1] * p[1] - 7;
        return new double[] {4 * p[0] * first + 2 * second, 2 * first + 4 * p[1] * second};
    }

    private static double[] rosenbrockGradient(double[] p) {
        double valley = p[1] - p[0] * p[0];
        return new double[] {-2 * (1 - p[0]) - 400 * p[0] * valley, 200 * valley};
    }

    private static double[] cancellingGradient(double[] p) {
        return new double[] {6 * Math.pow(p[0], 5), -6 * Math.pow(p[1], 5)};
    }
}
