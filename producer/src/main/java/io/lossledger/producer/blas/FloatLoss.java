package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.SoftmaxCrossEntropy;
import io.lossledger.producer.blas.NetworkPlan.SquaredError;

/** The loss of a tile's examples, summed, and its gradient with respect to the network's output. */
final class FloatLoss {
    private final NetworkPlan plan;
    private final int output;
    private final int width;

    FloatLoss(NetworkPlan plan) {
        this.plan = plan;
        this.output = plan.nodes().size() - 1;
        this.width = plan.shape(output).size();
    }

    double evaluate(FloatTile tile) {
        float[] gradient = tile.gradients[output];
        double loss = 0;
        for (int example = 0; example < tile.examples(); example++) {
            if (plan.loss() instanceof SoftmaxCrossEntropy entropy) {
                loss += crossEntropy(tile, example, entropy.least(), gradient);
            } else if (plan.loss() instanceof SquaredError error) {
                loss += squaredError(tile, example, error.scale(), gradient);
            }
        }
        return loss;
    }

    private double crossEntropy(FloatTile tile, int example, double least, float[] gradient) {
        float[] out = tile.value(output);
        float[] labels = tile.labels();
        int stride = tile.examples();
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = example; i < width * stride; i += stride) {
            largest = Math.max(largest, out[i]);
        }
        double sum = 0;
        double certainty = 0; // one, unless an example is padding or weighted
        for (int i = example; i < width * stride; i += stride) {
            sum += Math.exp(out[i] - largest);
            certainty += labels[i];
        }
        double loss = 0;
        for (int i = example; i < width * stride; i += stride) {
            double probability = Math.exp(out[i] - largest) / sum;
            if (labels[i] != 0) {
                loss -= labels[i] * Math.log(Math.min(1 - least, Math.max(least, probability)));
            }
            gradient[i] = (float) (tile.weight() * (probability * certainty - labels[i]));
        }
        return loss;
    }

    private double squaredError(FloatTile tile, int example, double scale, float[] gradient) {
        float[] out = tile.value(output);
        float[] labels = tile.labels();
        int stride = tile.examples();
        double loss = 0;
        for (int i = example; i < width * stride; i += stride) {
            double difference = out[i];
            difference -= labels[i];
            loss += scale * difference * difference;
            gradient[i] = (float) (tile.weight() * (2 * scale * difference));
        }
        return loss;
    }
}
