package io.lossledger.producer.blas;

import static io.lossledger.producer.blas.NetworkPlan.INPUT;
import static io.lossledger.producer.blas.NetworkPlan.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Add;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Function;
import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.SoftmaxCrossEntropy;
import io.lossledger.producer.blas.NetworkPlan.SquaredError;
import io.lossledger.producer.blas.NetworkPlan.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlowNetworkTest {
    private static final double STEP = 1e-5;
    private static final Shape IMAGE = new Shape(2, 5, 4);

    /** A linear unit: loss (w x + b − y)², by hand. */
    @Test
    void evaluatesALinearUnit() {
        NetworkPlan plan = new NetworkPlan(
                3, new Shape(1, 1, 1), List.of(dense(INPUT, new Shape(1, 1, 1), 1, 2, 0)), new SquaredError(1));

        var result = new SlowNetwork(plan)
                .evaluate(new double[] {0.5, 9, 2}, new double[][] {{3}, {-1}}, new double[][] {{5}, {0}});

        assertThat(result.loss()).isCloseTo((1.5 * 1.5 + 1.5 * 1.5) / 2, within(1e-15));
        assertThat(result.gradient()).containsExactly(0, 0, 6);
    }

    /** Convolution, norm, activation, pools, sum and softmax in one. */
    @Test
    void hasTheGradientThatFiniteDifferencesGiveForAResidualNetwork() {
        Shape hidden = new Shape(3, 3, 4);
        Window strided = new Window(3, 2, 2, 1, 1, 0);
        Window same = new Window(3, 3, 1, 1, 1, 1);
        Shape pooled = new Shape(3, 2, 2);
        Shape vector = new Shape(3, 1, 1);
        NetworkPlan plan = new NetworkPlan(
                200,
                IMAGE,
                List.of(
                        new Convolution(INPUT, IMAGE, hidden, strided, 5, 0),
                        new BatchNorm(0, hidden, 45, 48, 1, 0, 1e-3),
                        new Activation(1, hidden, Function.TANH, 0),
                        new Convolution(2, hidden, hidden, same, 51, NONE),
                        new Add(List.of(2, 3), hidden),
                        new Pooling(4, hidden, pooled, new Window(2, 3, 2, 2, 1, 1), Pool.AVERAGE),
                        new Pooling(4, hidden, pooled, new Window(2, 3, 2, 2, 1, 1), Pool.AVERAGE_WITH_PADDING),
                        new Pooling(4, hidden, pooled, new Window(2, 2, 1, 2, 0, 0), Pool.MAX),
                        new Add(List.of(5, 6, 7), pooled),
                        new Activation(8, pooled, Function.SIGMOID, 0),
                        new Pooling(9, pooled, vector, new Window(2, 2, 1, 1, 0, 0), Pool.AVERAGE),
                        dense(10, vector, 2, 132, 138)),
                new SoftmaxCrossEntropy(1e-10));
        assertGradient(plan, 4, oneHot(4, 2), 140);
    }

    @Test
    void hasTheGradientThatFiniteDifferencesGiveForASquaredError() {
        Shape vector = new Shape(4, 1, 1);
        Shape outputs = new Shape(2, 1, 1);
        NetworkPlan plan = new NetworkPlan(
                180,
                IMAGE,
                List.of(
                        dense(INPUT, new Shape(40, 1, 1), 4, 4, 0),
                        new Activation(0, vector, Function.LEAKY_RELU, 0.3),
                        new BatchNorm(1, vector, NONE, NONE, 1.5, 0.5, 1e-3),
                        dense(2, vector, 2, 164, NONE),
                        new Activation(3, outputs, Function.RELU, 0)),
                new SquaredError(0.5));
        assertGradient(plan, 5, random(5, 2, 9), 172);
    }

    private static Convolution dense(int input, Shape in, int out, int weights, int bias) {
        return new Convolution(input, in, new Shape(out, 1, 1), Window.ONE, weights, bias);
    }

    private static void assertGradient(NetworkPlan plan, int examples, double[][] labels, int used) {
        double[] at = random(1, plan.vectorLength(), 3)[0];
        double[][] features = random(examples, plan.input().size(), 5);
        SlowNetwork network = new SlowNetwork(plan);
        double[] gradient = network.evaluate(at, features, labels).gradient();
        for (int i = 0; i < at.length; i++) {
            double[] up = at.clone();
            up[i] += STEP;
            double[] down = at.clone();
            down[i] -= STEP;
            double slope = (network.evaluate(up, features, labels).loss()
                            - network.evaluate(down, features, labels).loss())
                    / (up[i] - down[i]);
            assertThat(gradient[i]).as("parameter %d", i).isCloseTo(slope, within(1e-7));
            if (i >= used) {
                assertThat(gradient[i]).isZero();
            }
        }
        assertThat(Arrays.stream(gradient).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-3);
    }

    private static double[][] random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        double[][] numbers = new double[rows][columns];
        for (double[] row : numbers) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextGaussian();
            }
        }
        return numbers;
    }

    private static double[][] oneHot(int examples, int classes) {
        double[][] labels = new double[examples][classes];
        for (int i = 0; i < examples; i++) {
            labels[i][i % classes] = i % 3; // padding, plain and weighted examples
        }
        return labels;
    }
}
