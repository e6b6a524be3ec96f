package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.kernel.FloatMemory;

/** An operation on tiles. Used by several threads, each with its own tile and scratch memory. */
abstract class FloatNode {
    /** The number of this node in the plan. */
    final int node;

    FloatNode(int node) {
        this.node = node;
    }

    /** Converts the parameters to the form that the node needs, before they are used. */
    void load(FloatMemory parameters) {
        // most nodes read them in place
    }

    /** Computes the node's output. */
    abstract void forward(FloatTile tile, FloatScratch worker);

    /** Computes the gradients with respect to inputs and parameters from the one with respect to the output. */
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

    /** Copies or adds to the gradient with respect to an input. */
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
