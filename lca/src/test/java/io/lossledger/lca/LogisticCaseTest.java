package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logistic regression, z = x·w: A_i = mean over examples of x_i Δ_i / (x·Δ) · [ℓ(z') − ℓ(z)]. */
final class LogisticCaseTest {
    private static final int EXAMPLES = 50;
    private static final int SIZE = 6;

    private final Random random = new Random(21);
    private final double[][] inputs = inputs();
    private final double[] labels = random.ints(EXAMPLES, 0, 2).asDoubleStream().toArray();

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 1.0, 3.0})
    void agreesWithTheClosedForm(double stepLength) {
        double[] start = random.doubles(SIZE, -1, 1).toArray();
        double[] end = start.clone();
        for (int i = 0; i < SIZE; i++) {
            end[i] += stepLength * random.nextGaussian();
        }
        Segment segment = new Segment(start, end);
        double[] expected = closedForm(segment);
        double fine = worst(segment.allocate(this::gradient, Quadrature.simpson(32)), expected);
        double coarse = worst(segment.allocate(this::gradient, Quadrature.simpson(16)), expected);
        assertThat(fine).isLessThan(2e-6 * Math.pow(stepLength, 5) + 1e-15);
        assertThat(fine).isLessThanOrEqualTo(coarse + 1e-15);
    }

    @Test
    void anExampleWhoseScoreDoesNotMoveTakesTheLimit() {
        double[] start = new double[SIZE];
        double[] end = new double[SIZE];
        end[0] = 0.5;
        end[1] = -0.5;
        for (double[] input : inputs) {
            input[1] = input[0];
        }
        Segment segment = new Segment(start, end);
        double[] gradient = gradient(start);
        double[] allocated = segment.allocate(this::gradient, Quadrature.simpson(2));
        assertThat(allocated)
                .containsExactly(new double[] {0.5 * gradient[0], -0.5 * gradient[1], 0, 0, 0, 0}, within(1e-15));
        assertThat(segment.sums(this::gradient, Quadrature.simpson(2)).sum()).isCloseTo(0.0, within(1e-15));
    }

    private double[] closedForm(Segment segment) {
        double[] delta = segment.delta();
        double[] expected = new double[SIZE];
        for (int example = 0; example < EXAMPLES; example++) {
            double before = score(inputs[example], segment.start());
            double after = score(inputs[example], segment.end());
            double change = loss(after, labels[example]) - loss(before, labels[example]);
            for (int i = 0; i < SIZE; i++) {
                expected[i] += inputs[example][i] * delta[i] / score(inputs[example], delta) * change / EXAMPLES;
            }
        }
        return expected;
    }

    private double[] gradient(double[] weights) {
        double[] gradient = new double[SIZE];
        for (int example = 0; example < EXAMPLES; example++) {
            double slope = 1 / (1 + Math.exp(-score(inputs[example], weights))) - labels[example];
            for (int i = 0; i < SIZE; i++) {
                gradient[i] += slope * inputs[example][i] / EXAMPLES;
            }
        }
        return gradient;
    }

    private static double loss(double score, double label) {
        return Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - label * score;
    }

    private static double score(double[] input, double[] weights) {
        double score = 0.0;
        for (int i = 0; i < SIZE; i++) {
            score += input[i] * weights[i];
        }
        return score;
    }

    private static double worst(double[] actual, double[] expected) {
        double worst = 0.0;
        for (int i = 0; i < SIZE; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        return worst;
    }

    private double[][] inputs() {
        double[][] rows = new double[EXAMPLES][];
        for (int example = 0; example < EXAMPLES; example++) {
            rows[example] = random.doubles(SIZE, -1, 1).toArray();
        }
        return rows;
    }
}
