package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Add;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.NetworkPlan.Pooling;

/**
 * Evaluates a plan by its definition, loop by loop in double precision: the oracle of fast evaluators. All examples are one
 * batch of the batch statistics. Not thread-safe.
 */
public final class SlowNetwork {
    private final NetworkPlan plan;

    public SlowNetwork(NetworkPlan plan) {
        this.plan = plan;
    }

    /**
     * @param loss mean over the examples
     * @param gradient by the flat parameters; 0 where no node has any
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Result(double loss, double[] gradient) {}

    /**
     * @param features an example each: channels, rows, columns
     * @param labels what the last node's output is compared with
     */
    public Result evaluate(double[] parameters, double[][] features, double[][] labels) {
        int count = plan.nodes().size();
        double[][][] outputs = new double[count][][];
        for (int node = 0; node < count; node++) {
            outputs[node] = forward(plan.nodes().get(node), parameters, features, outputs);
        }
        double[] gradient = new double[plan.vectorLength()];
        double[][][] slopes = new double[count][][];
        for (int node = 0; node < count; node++) {
            slopes[node] =
                    new double[features.length][plan.nodes().get(node).out().size()];
        }
        double[][] slopeOfInput = new double[features.length][plan.input().size()];
        double loss = SlowLoss.add(plan.loss(), outputs[count - 1], labels, slopes[count - 1]);
        for (int node = count - 1; node >= 0; node--) {
            Node operation = plan.nodes().get(node);
            double[][][] in = new double[operation.inputs().size()][][];
            double[][][] slopeOfIn = new double[in.length][][];
            for (int i = 0; i < in.length; i++) {
                int input = operation.inputs().get(i);
                in[i] = input == NetworkPlan.INPUT ? features : outputs[input];
                slopeOfIn[i] = input == NetworkPlan.INPUT ? slopeOfInput : slopes[input];
            }
            backward(operation, parameters, in, slopes[node], slopeOfIn, gradient);
        }
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= features.length;
        }
        return new Result(loss / features.length, gradient);
    }

    private double[][] forward(Node node, double[] parameters, double[][] features, double[][][] outputs) {
        double[][] out = new double[features.length][node.out().size()];
        int first = node.inputs().get(0);
        double[][] in = first == NetworkPlan.INPUT ? features : outputs[first];
        if (node instanceof BatchNorm norm) {
            SlowNorm.forward(norm, parameters, in, out);
        }
        for (int example = 0; example < out.length; example++) {
            if (node instanceof Convolution convolution) {
                SlowConvolution.forward(convolution, parameters, in[example], out[example]);
            } else if (node instanceof Pooling pooling) {
                SlowPooling.forward(pooling, in[example], out[example]);
            } else if (node instanceof Activation activation) {
                for (int i = 0; i < out[example].length; i++) {
                    out[example][i] = value(activation, in[example][i]);
                }
            } else if (node instanceof Add) {
                for (int input : node.inputs()) {
                    double[] summand = input == NetworkPlan.INPUT ? features[example] : outputs[input][example];
                    for (int i = 0; i < summand.length; i++) {
                        out[example][i] += summand[i];
                    }
                }
            }
        }
        return out;
    }

    private static void backward(
            Node node,
            double[] parameters,
            double[][][] in,
            double[][] slope,
            double[][][] slopeOfIn,
            double[] gradient) {
        if (node instanceof BatchNorm norm) {
            SlowNorm.backward(norm, parameters, in[0], slope, slopeOfIn[0], gradient);
        }
        for (int example = 0; example < slope.length; example++) {
            double[] x = in[0][example];
            double[] dy = slope[example];
            double[] dx = slopeOfIn[0][example];
            if (node instanceof Convolution convolution) {
                SlowConvolution.backward(convolution, parameters, x, dy, dx, gradient);
            } else if (node instanceof Pooling pooling) {
                SlowPooling.backward(pooling, x, dy, dx);
            } else if (node instanceof Activation activation) {
                for (int i = 0; i < dy.length; i++) {
                    dx[i] += dy[i] * derivative(activation, x[i]);
                }
            } else if (node instanceof Add) {
                for (double[][] summand : slopeOfIn) {
                    for (int i = 0; i < dy.length; i++) {
                        summand[example][i] += dy[i];
                    }
                }
            }
        }
    }

    private static double value(Activation activation, double x) {
        return switch (activation.function()) {
            case RELU -> Math.max(0, x);
            case LEAKY_RELU -> x < 0 ? activation.slope() * x : x;
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
        };
    }

    private static double derivative(Activation activation, double x) {
        double y = value(activation, x);
        return switch (activation.function()) {
            case RELU -> x > 0 ? 1 : 0;
            case LEAKY_RELU -> x < 0 ? activation.slope() : 1;
            case TANH -> 1 - y * y;
            case SIGMOID -> y * (1 - y);
        };
    }
}
