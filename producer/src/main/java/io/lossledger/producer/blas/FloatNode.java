package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.kernel.FloatMemory;

/** An operation on tiles. Used by several threads, each with a tile and a worker of its own. */
abstract class FloatNode {
    /** Number of this node in the plan. */
    final int node;

    FloatNode(int node) {
        this.node = node;
    }

    /** Takes what it wants to have of the parameters in another form, before they are used. */
    void load(FloatMemory parameters) {
        // most nodes read them where they are
    }

    /** Computes the node's output. */
    abstract void forward(FloatTile tile, FloatScratch worker);

    /** Takes the gradient by the output and computes those by inputs and parameters. */
    abstract void backward(FloatTile tile, FloatScratch worker);

    /** Adds up a gradient of [channels, plane]. */
    static void addBiasGradient(Convolution plan, float[] gradient, int plane, FloatScratch worker) {
        if (plan.bias() != NetworkPlan.NONE) {
            for (int channel = 0; channel < plan.out().channels(); channel++) {
                double sum = worker.sums.of(gradient, channel * plane, plane);
                worker.gradient().add(plan.bias() + channel, (float) sum);
            }
        }
    }

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
