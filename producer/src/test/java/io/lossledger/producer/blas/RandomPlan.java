package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Add;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Function;
import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.SoftmaxCrossEntropy;
import io.lossledger.producer.blas.NetworkPlan.SquaredError;
import io.lossledger.producer.blas.NetworkPlan.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Networks of random nodes, wired at random: values are needed again much later, or never. */
final class RandomPlan {
    private static final int OUTPUTS = 3;

    private final Random random;
    private final boolean norms;
    private final List<Node> nodes = new ArrayList<>();
    private final Shape input;
    private int parameters;

    private RandomPlan(long seed, boolean norms) {
        this.random = new Random(seed);
        this.norms = norms;
        this.input = random.nextInt(4) == 0
                ? new Shape(7, 1, 1)
                : new Shape(1 + random.nextInt(3), 3 + random.nextInt(5), 3 + random.nextInt(5));
    }

    static NetworkPlan of(long seed, boolean norms) {
        return new RandomPlan(seed, norms).make();
    }

    private NetworkPlan make() {
        int count = 3 + random.nextInt(9);
        while (nodes.size() < count) {
            nodes.add(node(somewhere()));
        }
        Shape last = shape(nodes.size() - 1);
        nodes.add(convolution(nodes.size() - 1, new Shape(last.size(), 1, 1), new Shape(OUTPUTS, 1, 1), Window.ONE));
        if (random.nextInt(3) == 0) {
            nodes.add(activation(nodes.size() - 1));
        }
        return new NetworkPlan(
                parameters + 2,
                input,
                nodes,
                random.nextBoolean() ? new SoftmaxCrossEntropy(1e-10) : new SquaredError(0.5));
    }

    /** Mostly the latest node. */
    private int somewhere() {
        int latest = nodes.size() - 1;
        return random.nextInt(3) > 0 ? latest : random.nextInt(nodes.size() + 1) - 1;
    }

    private Shape shape(int node) {
        return node == NetworkPlan.INPUT ? input : nodes.get(node).out();
    }

    private Node node(int from) {
        Shape in = shape(from);
        return switch (random.nextInt(norms ? 7 : 6)) {
            case 0 -> convolution(from, new Shape(in.size(), 1, 1), new Shape(1 + random.nextInt(6), 1, 1), Window.ONE);
            case 1, 2 -> {
                Window window = window(in);
                yield convolution(from, in, out(in, window, 1 + random.nextInt(4)), window);
            }
            case 3 -> {
                Window window = window(in);
                Pool kind = pick(List.of(Pool.values()));
                yield new Pooling(from, in, out(in, window, in.channels()), window, kind);
            }
            case 4 -> activation(from);
            case 5 -> add(from, in);
            default -> norm(from, in);
        };
    }

    private Convolution convolution(int from, Shape in, Shape out, Window window) {
        int bias = random.nextInt(4) == 0 ? NetworkPlan.NONE : take(out.channels());
        int weights = take(out.channels() * in.channels() * window.height() * window.width());
        return new Convolution(from, in, out, window, weights, bias);
    }

    private Activation activation(int from) {
        return new Activation(from, shape(from), pick(List.of(Function.values())), 0.2);
    }

    private Add add(int from, Shape shape) {
        List<Integer> inputs = new ArrayList<>(List.of(from));
        for (int other = NetworkPlan.INPUT; other < nodes.size(); other++) {
            if (shape(other).equals(shape) && random.nextInt(3) > 0) {
                inputs.add(random.nextInt(inputs.size() + 1), other); // the same one twice, too
            }
        }
        return new Add(inputs, shape);
    }

    private BatchNorm norm(int from, Shape shape) {
        int gamma = random.nextInt(4) == 0 ? NetworkPlan.NONE : take(shape.channels());
        int beta = random.nextInt(4) == 0 ? NetworkPlan.NONE : take(shape.channels());
        return new BatchNorm(from, shape, gamma, beta, 1.5, 0.25, 1e-3);
    }

    /** Each window reaches into the image. */
    private Window window(Shape in) {
        int height = 1 + random.nextInt(Math.min(3, in.height()));
        int width = 1 + random.nextInt(Math.min(3, in.width()));
        return new Window(
                height,
                width,
                1 + random.nextInt(2),
                1 + random.nextInt(2),
                random.nextInt(height),
                random.nextInt(width));
    }

    private Shape out(Shape in, Window window, int channels) {
        int height = (in.height() + window.top() - window.height()) / window.rowStride() + 1;
        int width = (in.width() + window.left() - window.width()) / window.columnStride() + 1;
        int moreRows = random.nextInt(2) * ((in.height() + window.top() - 1) / window.rowStride() + 1 - height);
        int moreColumns = random.nextInt(2) * ((in.width() + window.left() - 1) / window.columnStride() + 1 - width);
        return new Shape(channels, height + moreRows, width + moreColumns);
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private int take(int count) {
        parameters += count;
        return parameters - count;
    }
}
