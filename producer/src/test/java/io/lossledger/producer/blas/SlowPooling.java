package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.Window;
import java.util.ArrayList;
import java.util.List;

/** A pool of one example, place by place. Stateless. */
final class SlowPooling {
    private SlowPooling() {}

    static void forward(Pooling node, double[] in, double[] out) {
        for (int to = 0; to < out.length; to++) {
            List<Integer> places = placesOf(node, to);
            if (node.kind() == Pool.MAX) {
                out[to] = in[largest(places, in)];
            } else {
                for (int from : places) {
                    out[to] += in[from] / divisor(node, places);
                }
            }
        }
    }

    static void backward(Pooling node, double[] in, double[] slope, double[] slopeOfIn) {
        for (int to = 0; to < slope.length; to++) {
            List<Integer> places = placesOf(node, to);
            if (node.kind() == Pool.MAX) {
                slopeOfIn[largest(places, in)] += slope[to];
            } else {
                for (int from : places) {
                    slopeOfIn[from] += slope[to] / divisor(node, places);
                }
            }
        }
    }

    /** The places of the image under the window, row by row. */
    private static List<Integer> placesOf(Pooling node, int to) {
        Window window = node.window();
        Shape in = node.in();
        int column = to % node.out().width();
        int row = to / node.out().width() % node.out().height();
        int channel = to / node.out().width() / node.out().height();
        List<Integer> places = new ArrayList<>();
        for (int y = 0; y < window.height(); y++) {
            for (int x = 0; x < window.width(); x++) {
                int fromRow = row * window.rowStride() - window.top() + y;
                int fromColumn = column * window.columnStride() - window.left() + x;
                if (SlowConvolution.isIn(in, fromRow, fromColumn)) {
                    places.add(SlowConvolution.at(in, channel, fromRow, fromColumn));
                }
            }
        }
        return places;
    }

    /** The first of the largest. */
    private static int largest(List<Integer> places, double[] in) {
        int best = places.get(0);
        for (int place : places) {
            if (in[place] > in[best]) {
                best = place;
            }
        }
        return best;
    }

    private static int divisor(Pooling node, List<Integer> places) {
        return node.kind() == Pool.AVERAGE
                ? places.size()
                : node.window().height() * node.window().width();
    }
}
