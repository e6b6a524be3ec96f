package io.lossledger.producer.blas;

import java.util.List;

/**
 * What a network computes, free of the library it was built with: nodes in topological order, and a loss behind the last one.
 * Parameters and their gradient are flat vectors; weights lie there unit by unit, [out, in, kernel height, kernel width].
 * Immutable.
 *
 * @param vectorLength length of the flat parameters
 * @param input shape of an example's features
 * @param nodes each takes the output of the network's input, {@link #INPUT}, or of nodes before it
 * @param loss what is averaged over the examples
 */
public record NetworkPlan(int vectorLength, Shape input, List<Node> nodes, Loss loss) {
    /** Number of the network's input among those of the nodes. */
    public static final int INPUT = -1;
    /** Offset of parameters that a node does not have. */
    public static final int NONE = -1;

    public NetworkPlan {
        nodes = List.copyOf(nodes);
    }

    /** Whether the loss of an example depends on those beside it. */
    public boolean hasBatchStatistics() {
        return nodes.stream().anyMatch(BatchNorm.class::isInstance);
    }

    /** Multiplications and additions of the products in a gradient, for one example. */
    public double operations() {
        double operations = 0;
        for (Node node : nodes) {
            if (node instanceof Convolution convolution) {
                operations += 6.0 * node.out().size() * convolution.depth(); // forward, and back to input and weights
            }
        }
        return operations;
    }

    /** Shape of the output of a node or of the input. */
    public Shape shape(int node) {
        return node == INPUT ? input : nodes.get(node).out();
    }

    /** Channels, rows and columns of one example; a vector has one row and column. In memory the column varies fastest. */
    public record Shape(int channels, int height, int width) {
        public int size() {
            return channels * height * width;
        }
    }

    /** A window that is moved over rows and columns; {@code top} and {@code left} are the padding before the first of them. */
    public record Window(int height, int width, int rowStride, int columnStride, int top, int left) {
        /** A single place. */
        public static final Window ONE = new Window(1, 1, 1, 1, 0, 0);
    }

    /** One operation. Inputs are numbers of nodes, or {@link #INPUT}. */
    public sealed interface Node {
        List<Integer> inputs();

        /** Shape of the output. */
        Shape out();
    }

    /**
     * A convolution; a dense layer is one with a window of a single place over as many channels as it has inputs.
     *
     * @param in shape in which the input is read; of the input's size
     * @param weights offset of the weights
     * @param bias offset of a bias for each channel, or {@link #NONE}
     */
    public record Convolution(int input, Shape in, Shape out, Window window, int weights, int bias) implements Node {
        /** Weights of an output channel. */
        public int depth() {
            return in.channels() * window.height() * window.width();
        }

        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }
    }

    /** How a pool sums its window up. */
    public enum Pool {
        /** The largest of the places inside the image; of equal ones, the first row by row takes the gradient. */
        MAX,
        /** The mean of the places inside the image. */
        AVERAGE,
        /** The sum of the places inside the image by the size of the window. */
        AVERAGE_WITH_PADDING
    }

    /** Pools each channel on its own; a global pool is one with a window as large as the image. */
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
     * @param out shape in which the input is read, too
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

    /** A function of each element. */
    public enum Function {
        /** max(x, 0); the slope at 0 is 0. */
        RELU,
        /** x, or its {@code slope} part below 0; the slope at 0 is 1. */
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

    /** Loss of an example, of the output of the last node. */
    public sealed interface Loss {}

    /**
     * −Σ label · log softmax, with the softmax in it. The gradient is softmax − label, without the limits, and whatever the
     * labels add up to.
     *
     * @param least probabilities are moved into [least, 1 − least] before their logarithm is taken
     */
    public record SoftmaxCrossEntropy(double least) implements Loss {}

    /** @param scale factor of Σ (output − label)² */
    public record SquaredError(double scale) implements Loss {}
}
