package io.lossledger.producer.blas;

import java.util.List;

/**
 * What a network computes, independent of the library it was built with: nodes in topological order, and a loss after
 * the last one. Parameters and their gradient are flat vectors, with the weights unit by unit: [out, in, kernel height,
 * kernel width]. Immutable.
 *
 * @param vectorLength length of the flat parameters
 * @param input shape of an example's features
 * @param nodes each reads the network's input, {@link #INPUT}, or the outputs of earlier nodes
 * @param loss the loss, which is averaged over the examples
 */
public record NetworkPlan(int vectorLength, Shape input, List<Node> nodes, Loss loss) {
    /** The node number that stands for the network's input. */
    public static final int INPUT = -1;
    /** The offset of parameters that a node does not have. */
    public static final int NONE = -1;

    public NetworkPlan {
        nodes = List.copyOf(nodes);
    }

    /** Whether the loss of an example depends on the other examples. */
    public boolean hasBatchStatistics() {
        return nodes.stream().anyMatch(BatchNorm.class::isInstance);
    }

    /** The multiplications and additions of the products in a gradient, for one example. */
    public double operations() {
        double operations = 0;
        for (Node node : nodes) {
            if (node instanceof Convolution convolution) {
                operations += 6.0 * node.out().size() * convolution.depth(); // forward, and back to input and weights
            }
        }
        return operations;
    }

    /** The output shape of a node, or the shape of the input. */
    public Shape shape(int node) {
        return node == INPUT ? input : nodes.get(node).out();
    }

    /**
     * The channels, rows and columns of one example; a vector has one row and one column. In memory the column varies
     * fastest.
     */
    public record Shape(int channels, int height, int width) {
        public int size() {
            return channels * height * width;
        }
    }

    /**
     * A window that moves over rows and columns; {@code top} and {@code left} are the padding before the first of them.
     */
    public record Window(int height, int width, int rowStride, int columnStride, int top, int left) {
        /** A single place. */
        public static final Window ONE = new Window(1, 1, 1, 1, 0, 0);
    }

    /** One operation. Inputs are numbers of nodes, or {@link #INPUT}. */
    public sealed interface Node {
        List<Integer> inputs();

        /** The shape of the output. */
        Shape out();
    }

    /**
     * A convolution. A dense layer is a convolution with a window of a single place and one channel for each input.
     *
     * @param in shape in which the input is read; of the input's size
     * @param weights offset of the weights
     * @param bias offset of a bias for each channel, or {@link #NONE}
     */
    public record Convolution(int input, Shape in, Shape out, Window window, int weights, int bias) implements Node {
        /** The number of weights of an output channel. */
        public int depth() {
            return in.channels() * window.height() * window.width();
        }

        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }
    }

    /** How a pool reduces its window. */
    public enum Pool {
        /** The largest of the places inside the image. Of equal ones, the first in row order receives the gradient. */
        MAX,
        /** The mean of the places inside the image. */
        AVERAGE,
        /** The sum of the places inside the image, divided by the size of the window. */
        AVERAGE_WITH_PADDING
    }

    /** Pools each channel separately; a global pool has a window as large as the image. */
    public record Pooling(int input, Shape in, Shape out, Window window, Pool kind) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }
    }

    /**
     * Batch norm with the statistics of the batch: mean and variance, divided by the number of summands, over examples, rows
     * and columns; ε is added to the variance.
     *
     * @param out shape of both the output and the input
     * @param gamma offset of a factor for each channel; {@link #NONE} if all are {@code fixedGamma}
     * @param beta offset of a summand for each channel; {@link #NONE} if all are {@code fixedBeta}
     */
    public record BatchNorm(
            int input, Shape out, int gamma, int beta, double fixedGamma, double fixedBeta, double epsilon)
            implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }
    }

    /** An elementwise function. */
    public enum Function {
        /** max(x, 0); the slope at 0 is 0. */
        RELU,
        /** x, or {@code slope} · x below 0; the slope at 0 is 1. */
        LEAKY_RELU,
        TANH,
        SIGMOID
    }

    /** @param slope slope of a leaky ReLU below 0 */
    public record Activation(int input, Shape out, Function function, double slope) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }
    }

    /** The sum of several different nodes. */
    public record Add(List<Integer> inputs, Shape out) implements Node {}

    /** The loss of an example, as a function of the last node's output. */
    public sealed interface Loss {}

    /**
     * −Σ label · log softmax, including the softmax. The gradient is softmax − label, regardless of the limits and of
     * the sum of the labels.
     *
     * @param least probabilities are clipped to [least, 1 − least] before the logarithm
     */
    public record SoftmaxCrossEntropy(double least) implements Loss {}

    /** @param scale factor of Σ (output − label)² */
    public record SquaredError(double scale) implements Loss {}
}
