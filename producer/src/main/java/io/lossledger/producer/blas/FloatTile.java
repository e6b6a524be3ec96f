package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.kernel.FloatMemory;
import org.jspecify.annotations.Nullable;

/**
 * Some examples that pass through the network together. Arrays are [channels, rows, columns, examples], the example
 * varying fastest. Used by one thread at a time.
 */
final class FloatTile {
    /** The gradient with respect to each node's output; nodes that are never needed at the same time share one. */
    final float[][] gradients;
    /** For each max pool: the place in the image that each output came from. */
    final int[][] places;
    /** For each batch norm: two sums over the tile for each channel. */
    final double[][] sums;

    private final float[][] values;
    private float[] features = {};
    private @Nullable FloatMemory matrix;
    private float[] labels = {};
    private int examples;
    private double weight;

    /** @param capacity largest number of examples */
    FloatTile(NetworkPlan plan, BufferLayout layout, int capacity) {
        int nodes = layout.nodes();
        values = new float[nodes][];
        gradients = new float[nodes][];
        places = new int[nodes][];
        sums = new double[nodes][];
        float[][] slots = new float[layout.slotSizes().size()][];
        for (int slot = 0; slot < slots.length; slot++) {
            slots[slot] = new float[layout.slotSizes().get(slot) * capacity];
        }
        for (int node = 0; node < nodes; node++) {
            Node operation = plan.nodes().get(node);
            int owner = layout.valueOwner(node);
            values[node] = owner == node ? new float[operation.out().size() * capacity] : values[owner];
            if (layout.gradientSlot(node) >= 0) {
                gradients[node] = slots[layout.gradientSlot(node)];
            }
            if (operation instanceof Pooling pooling && pooling.kind() == Pool.MAX) {
                places[node] = new int[operation.out().size() * capacity];
            }
            if (operation instanceof BatchNorm) {
                sums[node] = new double[2 * operation.out().channels()];
            }
        }
    }

    void load(FloatData.Piece piece) {
        examples = piece.examples();
        features = piece.features();
        matrix = piece.matrix();
        labels = piece.labels();
        weight = piece.weight();
    }

    int examples() {
        return examples;
    }

    /** The weight of the loss of each example in the gradient. */
    double weight() {
        return weight;
    }

    float[] labels() {
        return labels;
    }

    /** The features off the heap, if only matrix products need them. */
    @Nullable
    FloatMemory matrix() {
        return matrix;
    }

    /** The output of a node, or the features. */
    float[] value(int node) {
        return node == NetworkPlan.INPUT ? features : values[node];
    }
}
