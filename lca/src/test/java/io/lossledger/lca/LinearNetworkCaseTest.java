package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A two-layer linear network with squared error: degree 4 along a segment, so that Simpson's rule is exact. */
final class LinearNetworkCaseTest {
    private static final int INPUTS = 3;
    private static final int HIDDEN = 4;
    private static final int OUTPUTS = 2;
    private static final int EXAMPLES = 6;
    private static final int SIZE = INPUTS * HIDDEN + HIDDEN * OUTPUTS;

    private final Random random = new Random(4);
    private final double[][] inputs = rows(INPUTS);
    private final double[][] targets = rows(OUTPUTS);
    private final Segment segment = new Segment(
            random.doubles(SIZE, -1, 1).toArray(), random.doubles(SIZE, -1, 1).toArray());

    @Test
    void theResidualIsZero() {
        double change = loss(segment.end()) - loss(segment.start());
        assertThat(segment.sums(this::gradient, Quadrature.simpson(2)).sum()).isCloseTo(change, within(1e-13));
        assertThat(segment.sums(this::gradient, Quadrature.trapezoid()).sum()).isNotCloseTo(change, within(1e-3));
    }

    @Test
    void everyParameterIsExact() {
        assertThat(segment.allocate(this::gradient, Quadrature.simpson(2)))
                .containsExactly(segment.allocate(this::gradient, Quadrature.simpson(32)), within(1e-13));
        assertThat(segment.sums(this::gradient, Quadrature.simpson(4)).absoluteEstimate())
                .isCloseTo(0.0, within(1e-13));
    }

    private double[] gradient(double[] point) {
        double[] gradient = new double[SIZE];
        for (int example = 0; example < EXAMPLES; example++) {
            double[] hidden = hidden(point, inputs[example]);
            for (int output = 0; output < OUTPUTS; output++) {
                double error = error(point, hidden, output, targets[example]);
                for (int unit = 0; unit < HIDDEN; unit++) {
                    gradient[second(unit, output)] += error * hidden[unit];
                    for (int input = 0; input < INPUTS; input++) {
                        gradient[unit * INPUTS + input] += error * point[second(unit, output)] * inputs[example][input];
                    }
                }
            }
        }
        return gradient;
    }

    private double loss(double[] point) {
        double loss = 0.0;
        for (int example = 0; example < EXAMPLES; example++) {
            double[] hidden = hidden(point, inputs[example]);
            for (int output = 0; output < OUTPUTS; output++) {
                double error = error(point, hidden, output, targets[example]);
                loss += 0.5 * error * error;
            }
        }
        return loss;
    }

    private static double error(double[] point, double[] hidden, int output, double[] target) {
        double error = -target[output];
        for (int unit = 0; unit < HIDDEN; unit++) {
            error += point[second(unit, output)] * hidden[unit];
        }
        return error;
    }

    private static double[] hidden(double[] point, double[] input) {
        double[] hidden = new double[HIDDEN];
        for (int unit = 0; unit < HIDDEN; unit++) {
            for (int i = 0; i < INPUTS; i++) {
                hidden[unit] += point[unit * INPUTS + i] * input[i];
            }
        }
        return hidden;
    }

    private static int second(int unit, int output) {
        return INPUTS * HIDDEN + output * HIDDEN + unit;
    }

    private double[][] rows(int width) {
        double[][] rows = new double[EXAMPLES][];
        for (int example = 0; example < EXAMPLES; example++) {
            rows[example] = random.doubles(width, -1, 1).toArray();
        }
        return rows;
    }
}
