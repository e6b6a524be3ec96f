package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.BatchNorm;

/** Batch norm over all examples. Stateless. */
final class SlowNorm {
    private SlowNorm() {}

    static void forward(BatchNorm node, double[] parameters, double[][] in, double[][] out) {
        int places = node.out().height() * node.out().width();
        for (int channel = 0; channel < node.out().channels(); channel++) {
            Statistics statistics = Statistics.of(node, in, channel);
            double gamma = node.gamma() == NetworkPlan.NONE ? node.fixedGamma() : parameters[node.gamma() + channel];
            double beta = node.beta() == NetworkPlan.NONE ? node.fixedBeta() : parameters[node.beta() + channel];
            for (int example = 0; example < in.length; example++) {
                for (int i = channel * places; i < (channel + 1) * places; i++) {
                    out[example][i] = gamma * (in[example][i] - statistics.mean) / statistics.deviation + beta;
                }
            }
        }
    }

    /** With n summands and x̂ the normed x: dx = γ/σ · (dy − mean(dy) − x̂ · mean(dy · x̂)). */
    static void backward(
            BatchNorm node,
            double[] parameters,
            double[][] in,
            double[][] slope,
            double[][] slopeOfIn,
            double[] gradient) {
        int places = node.out().height() * node.out().width();
        for (int channel = 0; channel < node.out().channels(); channel++) {
            Statistics statistics = Statistics.of(node, in, channel);
            double gamma = node.gamma() == NetworkPlan.NONE ? node.fixedGamma() : parameters[node.gamma() + channel];
            double sum = 0;
            double normedSum = 0;
            for (int example = 0; example < in.length; example++) {
                for (int i = channel * places; i < (channel + 1) * places; i++) {
                    sum += slope[example][i];
                    normedSum += slope[example][i] * (in[example][i] - statistics.mean) / statistics.deviation;
                }
            }
            if (node.gamma() != NetworkPlan.NONE) {
                gradient[node.gamma() + channel] += normedSum;
            }
            if (node.beta() != NetworkPlan.NONE) {
                gradient[node.beta() + channel] += sum;
            }
            double count = (double) in.length * places;
            for (int example = 0; example < in.length; example++) {
                for (int i = channel * places; i < (channel + 1) * places; i++) {
                    double normed = (in[example][i] - statistics.mean) / statistics.deviation;
                    slopeOfIn[example][i] += gamma
                            / statistics.deviation
                            * (slope[example][i] - sum / count - normed * normedSum / count);
                }
            }
        }
    }

    private record Statistics(double mean, double deviation) {
        static Statistics of(BatchNorm node, double[][] in, int channel) {
            int places = node.out().height() * node.out().width();
            double count = (double) in.length * places;
            double mean = 0;
            for (double[] example : in) {
                for (int i = channel * places; i < (channel + 1) * places; i++) {
                    mean += example[i] / count;
                }
            }
            double variance = 0;
            for (double[] example : in) {
                for (int i = channel * places; i < (channel + 1) * places; i++) {
                    variance += (example[i] - mean) * (example[i] - mean) / count;
                }
            }
            return new Statistics(mean, Math.sqrt(variance + node.epsilon()));
        }
    }
}
