package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Losses of the form Σ f_i(x_i): what a parameter was allocated depends on its own end points alone. */
final class SeparableCaseTest {
    @Test
    void overAnyPathAParameterGetsItsOwnLossChange() {
        Random random = new Random(8);
        double[] first = random.doubles(40, -1, 1).toArray();
        double[] total = new double[40];
        double[] point = first;
        for (int step = 0; step < 25; step++) {
            Segment segment = new Segment(point, random.doubles(40, -1, 1).toArray());
            double[] allocated = segment.allocate(SeparableCaseTest::quarticGradient, Quadrature.simpson(2));
            for (int i = 0; i < 40; i++) {
                total[i] += allocated[i];
            }
            point = segment.end();
        }
        for (int i = 0; i < 40; i++) {
            assertThat(total[i]).isCloseTo(quartic(i, point[i]) - quartic(i, first[i]), within(1e-11));
        }
    }

    @Test
    void onADiagonalQuadraticAParameterHurtsExactlyWhenTheStepIsTooLong() {
        double[] curvatures = {0.1, 1.0, 19.9, 19.999, 20.001, 20.1, 25.0, 100.0};
        double rate = 0.1;
        double[] start = new Random(2).doubles(8, 0.5, 1).toArray();
        double[] end = new double[8];
        for (int i = 0; i < 8; i++) {
            end[i] = start[i] - rate * curvatures[i] * start[i];
        }
        double[] allocated = new Segment(start, end)
                .allocate(
                        point -> {
                            double[] gradient = new double[8];
                            for (int i = 0; i < 8; i++) {
                                gradient[i] = curvatures[i] * point[i];
                            }
                            return gradient;
                        },
                        Quadrature.simpson(2));
        for (int i = 0; i < 8; i++) {
            assertThat(allocated[i] > 0).as("curvature %s", curvatures[i]).isEqualTo(rate * curvatures[i] > 2);
            assertThat(allocated[i]).isNotZero();
        }
    }

    private static double quartic(int i, double x) {
        return x * x * x * x - (i + 1) * x * x * x + i * x * x - x;
    }

    private static double[] quarticGradient(double[] point) {
        double[] gradient = new double[point.length];
        for (int i = 0; i < point.length; i++) {
            double x = point[i];
            gradient[i] = 4 * x * x * x - 3 * (i + 1) * x * x + 2 * i * x - 1;
        }
        return gradient;
    }
}
