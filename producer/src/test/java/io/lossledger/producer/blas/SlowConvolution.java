package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.Window;

/** A convolution of one example, place by place. Stateless. */
final class SlowConvolution {
    private SlowConvolution() {}

    static void forward(Convolution node, double[] parameters, double[] in, double[] out) {
        visit(node, (weight, from, to) -> out[to] += parameters[weight] * in[from]);
        visitBias(node, (bias, to) -> out[to] += parameters[bias]);
    }

    static void backward(
            Convolution node, double[] parameters, double[] in, double[] slope, double[] slopeOfIn, double[] gradient) {
        visit(node, (weight, from, to) -> {
            gradient[weight] += slope[to] * in[from];
            slopeOfIn[from] += slope[to] * parameters[weight];
        });
        visitBias(node, (bias, to) -> gradient[bias] += slope[to]);
    }

    private interface Product {
        void visit(int weight, int from, int to);
    }

    private interface Summand {
        void visit(int bias, int to);
    }

    private static void visit(Convolution node, Product product) {
        Window window = node.window();
        Shape in = node.in();
        Shape out = node.out();
        for (int unit = 0; unit < out.channels(); unit++) {
            for (int row = 0; row < out.height(); row++) {
                for (int column = 0; column < out.width(); column++) {
                    int to = at(out, unit, row, column);
                    for (int channel = 0; channel < in.channels(); channel++) {
                        for (int y = 0; y < window.height(); y++) {
                            for (int x = 0; x < window.width(); x++) {
                                int fromRow = row * window.rowStride() - window.top() + y;
                                int fromColumn = column * window.columnStride() - window.left() + x;
                                if (isIn(in, fromRow, fromColumn)) {
                                    int weight = node.weights()
                                            + ((unit * in.channels() + channel) * window.height() + y) * window.width()
                                            + x;
                                    product.visit(weight, at(in, channel, fromRow, fromColumn), to);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static void visitBias(Convolution node, Summand summand) {
        if (node.bias() == NetworkPlan.NONE) {
            return;
        }
        int places = node.out().height() * node.out().width();
        for (int to = 0; to < node.out().size(); to++) {
            summand.visit(node.bias() + to / places, to);
        }
    }

    static int at(Shape shape, int channel, int row, int column) {
        return (channel * shape.height() + row) * shape.width() + column;
    }

    static boolean isIn(Shape shape, int row, int column) {
        return row >= 0 && row < shape.height() && column >= 0 && column < shape.width();
    }
}
