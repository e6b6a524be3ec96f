package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Loss;
import io.lossledger.producer.blas.NetworkPlan.SoftmaxCrossEntropy;
import io.lossledger.producer.blas.NetworkPlan.SquaredError;
import java.util.Arrays;

/** The losses. Stateless. */
final class SlowLoss {
    private SlowLoss() {}

    /** Returns the sum over the examples, and adds to the slope of each output. */
    static double add(Loss loss, double[][] outputs, double[][] labels, double[][] slopes) {
        double sum = 0;
        for (int example = 0; example < outputs.length; example++) {
            if (loss instanceof SquaredError squared) {
                for (int i = 0; i < labels[example].length; i++) {
                    double error = outputs[example][i] - labels[example][i];
                    sum += squared.scale() * error * error;
                    slopes[example][i] += 2 * squared.scale() * error;
                }
            } else if (loss instanceof SoftmaxCrossEntropy entropy) {
                double[] probabilities = softmax(outputs[example]);
                double certainty = Arrays.stream(labels[example]).sum();
                for (int i = 0; i < labels[example].length; i++) {
                    double limited = Math.min(1 - entropy.least(), Math.max(entropy.least(), probabilities[i]));
                    sum -= labels[example][i] * Math.log(limited);
                    slopes[example][i] += probabilities[i] * certainty - labels[example][i];
                }
            }
        }
        return sum;
    }

    private static double[] softmax(double[] logits) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double[] powers =
                Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
        double total = Arrays.stream(powers).sum();
        return Arrays.stream(powers).map(power -> power / total).toArray();
    }
}
