package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.blas.kernel.Signs;
import java.util.Arrays;

/** The maximum or the mean of each window of a channel. */
final class FloatPooling extends FloatNode {
    private final Pooling plan;
    private final Flow flow;

    FloatPooling(int node, Pooling plan, Flow flow) {
        super(node);
        this.plan = plan;
        this.flow = flow;
    }

    @Override
    void forward(FloatTile tile, FloatScratch worker) {
        forEachWindow((channel, row, column, at) -> {
            if (plan.kind() == Pool.MAX) {
                max(tile, channel, row, column, at * tile.examples());
            } else {
                mean(tile, channel, row, column, at * tile.examples());
            }
        });
    }

    @Override
    void backward(FloatTile tile, FloatScratch worker) {
        if (flow == Flow.NONE) {
            return;
        }
        int examples = tile.examples();
        if (flow == Flow.WRITE) {
            Arrays.fill(tile.gradients[plan.input()], 0, plan.in().size() * examples, 0);
        }
        forEachWindow((channel, row, column, at) -> {
            if (plan.kind() == Pool.MAX) {
                toLargest(tile, at * examples);
            } else {
                toAll(tile, channel, row, column, at * examples);
            }
        });
    }

    /** {@code at} counts windows. */
    private interface WindowTask {
        void run(int channel, int row, int column, int at);
    }

    private void forEachWindow(WindowTask task) {
        int at = 0;
        for (int channel = 0; channel < plan.out().channels(); channel++) {
            for (int row = 0; row < plan.out().height(); row++) {
                for (int column = 0; column < plan.out().width(); column++) {
                    task.run(channel, row, column, at++);
                }
            }
        }
    }

    private void max(FloatTile tile, int channel, int row, int column, int at) {
        int examples = tile.examples();
        float[] in = tile.value(plan.input());
        float[] out = tile.value(node);
        int[] places = tile.places[node];
        boolean first = true;
        for (int y = top(row); y < bottom(row); y++) {
            for (int x = left(column); x < right(column); x++) {
                int from = place(channel, y, x) * examples;
                if (first) {
                    first = false;
                    System.arraycopy(in, from, out, at, examples);
                    Arrays.fill(places, at, at + examples, from);
                    continue;
                }
                for (int i = 0; i < examples; i++) {
                    int larger = Signs.negative(out[at + i] - in[from + i]);
                    out[at + i] = Math.max(out[at + i], in[from + i]);
                    places[at + i] = Signs.choose(larger, from, places[at + i]);
                }
            }
        }
    }

    private void mean(FloatTile tile, int channel, int row, int column, int at) {
        int examples = tile.examples();
        float[] in = tile.value(plan.input());
        float[] out = tile.value(node);
        Arrays.fill(out, at, at + examples, 0);
        for (int y = top(row); y < bottom(row); y++) {
            for (int x = left(column); x < right(column); x++) {
                int from = place(channel, y, x) * examples;
                for (int i = 0; i < examples; i++) {
                    out[at + i] += in[from + i];
                }
            }
        }
        float divisor = divisor(row, column);
        for (int i = at; i < at + examples; i++) {
            out[i] /= divisor;
        }
    }

    private void toLargest(FloatTile tile, int at) {
        int examples = tile.examples();
        float[] gradient = tile.gradients[node];
        float[] into = tile.gradients[plan.input()];
        int[] places = tile.places[node];
        for (int i = 0; i < examples; i++) {
            into[places[at + i] + i] += gradient[at + i];
        }
    }

    private void toAll(FloatTile tile, int channel, int row, int column, int at) {
        int examples = tile.examples();
        float[] gradient = tile.gradients[node];
        float[] into = tile.gradients[plan.input()];
        float divisor = divisor(row, column);
        for (int y = top(row); y < bottom(row); y++) {
            for (int x = left(column); x < right(column); x++) {
                int to = place(channel, y, x) * examples;
                for (int i = 0; i < examples; i++) {
                    into[to + i] += gradient[at + i] / divisor;
                }
            }
        }
    }

    private int divisor(int row, int column) {
        Window window = plan.window();
        return plan.kind() == Pool.AVERAGE
                ? (bottom(row) - top(row)) * (right(column) - left(column))
                : window.height() * window.width();
    }

    private int place(int channel, int y, int x) {
        return (channel * plan.in().height() + y) * plan.in().width() + x;
    }

    private int top(int row) {
        return Math.max(0, row * plan.window().rowStride() - plan.window().top());
    }

    private int bottom(int row) {
        Window window = plan.window();
        return Math.min(plan.in().height(), row * window.rowStride() - window.top() + window.height());
    }

    private int left(int column) {
        return Math.max(0, column * plan.window().columnStride() - plan.window().left());
    }

    private int right(int column) {
        Window window = plan.window();
        return Math.min(plan.in().width(), column * window.columnStride() - window.left() + window.width());
    }
}
