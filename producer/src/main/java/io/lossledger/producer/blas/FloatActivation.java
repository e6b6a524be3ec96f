package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Activation;

/** An elementwise function whose slope follows from its output. */
final class FloatActivation extends FloatNode {
    private final Activation plan;
    private final Flow flow;

    FloatActivation(int node, Activation plan, Flow flow) {
        super(node);
        this.plan = plan;
        this.flow = flow;
    }

    @Override
    void forward(FloatTile tile, FloatScratch worker) {
        int count = plan.out().size() * tile.examples();
        float[] in = tile.value(plan.input());
        float[] out = tile.value(node);
        switch (plan.function()) {
            case RELU -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Math.max(in[i], 0);
                }
            }
            case LEAKY_RELU -> {
                float slope = (float) plan.slope();
                for (int i = 0; i < count; i++) {
                    out[i] = in[i] < 0 ? slope * in[i] : in[i];
                }
            }
            case TANH -> {
                for (int i = 0; i < count; i++) {
                    out[i] = (float) Math.tanh(in[i]);
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < count; i++) {
                    out[i] = (float) (1 / (1 + Math.exp(-in[i])));
                }
            }
        }
    }

    @Override
    void backward(FloatTile tile, FloatScratch worker) {
        if (flow == Flow.NONE) {
            return;
        }
        int count = plan.out().size() * tile.examples();
        float[] out = tile.value(node);
        float[] gradient = tile.gradients[node];
        switch (plan.function()) {
            case RELU -> {
                // 1 or 0 without a branch, which the processor could not predict.
                for (int i = 0; i < count; i++) {
                    gradient[i] *= Math.min(out[i] * Float.MAX_VALUE, 1);
                }
            }
            case LEAKY_RELU -> {
                float slope = (float) plan.slope();
                for (int i = 0; i < count; i++) {
                    gradient[i] = out[i] < 0 ? slope * gradient[i] : gradient[i];
                }
            }
            case TANH -> {
                for (int i = 0; i < count; i++) {
                    gradient[i] *= 1 - out[i] * out[i];
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < count; i++) {
                    gradient[i] *= out[i] * (1 - out[i]);
                }
            }
        }
        pass(flow, gradient, tile.gradients[plan.input()], count);
    }
}
