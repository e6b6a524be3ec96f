package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;

/** An operation on tiles. Used by several threads, each with a tile and a worker of its own. */
abstract class FloatNode {
    /** Number of this node in the plan. */
    final int node;

    FloatNode(int node) {
        this.node = node;
    }

    /** Computes the node's output. */
    abstract void forward(FloatTile tile, FloatWorker worker);

    /** Takes the gradient by the output and computes those by inputs and parameters. */
    abstract void backward(FloatTile tile, FloatWorker worker);

    /** Copies or adds to the gradient by an input. */
    static void pass(Flow flow, float[] from, float[] to, int count) {
        if (flow == Flow.WRITE && from != to) {
            System.arraycopy(from, 0, to, 0, count);
        } else if (flow == Flow.ADD) {
            for (int i = 0; i < count; i++) {
                to[i] += from[i];
            }
        }
    }
}
