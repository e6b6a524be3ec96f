package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.kernel.FloatMemory;
import java.util.List;

/**
 * Batch norm with the statistics of all tiles together. Each direction takes two passes over the tiles: first the sums,
 * then the results.
 *
 * <p>Source: Ioffe, Szegedy, "Batch Normalization", 2015; merging of variances after Chan, Golub, LeVeque, "Updating Formulae
 * and a Pairwise Algorithm for Computing Sample Variances", 1979.
 */
final class FloatBatchNorm extends FloatNode {
    private final BatchNorm plan;
    private final Flow flow;
    private final int channels;
    private final int plane;
    private final double[] mean;
    private final double[] inverseDeviation;
    private final double[] gamma;
    private final double[] beta;
    /** The means of dy and of dy times the normalised value. */
    private final double[] meanGradient;

    private final double[] meanProduct;

    FloatBatchNorm(int node, BatchNorm plan, Flow flow) {
        super(node);
        this.plan = plan;
        this.flow = flow;
        this.channels = plan.out().channels();
        this.plane = plan.out().height() * plan.out().width();
        this.mean = new double[channels];
        this.inverseDeviation = new double[channels];
        this.gamma = new double[channels];
        this.beta = new double[channels];
        this.meanGradient = new double[channels];
        this.meanProduct = new double[channels];
    }

    /** Sums up a tile before {@link #forward}. */
    void sum(FloatTile tile, FloatScratch worker) {
        float[] in = tile.value(plan.input());
        double[] sums = tile.sums[node];
        int count = plane * tile.examples();
        for (int channel = 0; channel < channels; channel++) {
            double sum = worker.sums.of(in, channel * count, count);
            float center = (float) (sum / count);
            double aside = sum / count - center; // the rounding error of the center
            sums[channel] = sum;
            sums[channels + channel] =
                    worker.sums.ofSquares(in, channel * count, count, center) - count * aside * aside;
        }
    }

    /** Computes the statistics of the batch, in the order of the tiles. */
    void merge(List<FloatTile> tiles, FloatMemory parameters) {
        for (int channel = 0; channel < channels; channel++) {
            double count = 0;
            double average = 0;
            double squares = 0;
            for (FloatTile tile : tiles) {
                double added = (double) plane * tile.examples();
                double difference = tile.sums[node][channel] / added - average;
                squares +=
                        tile.sums[node][channels + channel] + difference * difference * count * added / (count + added);
                average += difference * added / (count + added);
                count += added;
            }
            mean[channel] = average;
            inverseDeviation[channel] = 1 / Math.sqrt(squares / count + plan.epsilon());
            gamma[channel] =
                    plan.gamma() == NetworkPlan.NONE ? plan.fixedGamma() : parameters.get(plan.gamma() + channel);
            beta[channel] = plan.beta() == NetworkPlan.NONE ? plan.fixedBeta() : parameters.get(plan.beta() + channel);
        }
    }

    @Override
    void forward(FloatTile tile, FloatScratch worker) {
        float[] in = tile.value(plan.input());
        float[] out = tile.value(node);
        int count = plane * tile.examples();
        for (int channel = 0; channel < channels; channel++) {
            float center = (float) mean[channel];
            float factor = (float) (gamma[channel] * inverseDeviation[channel]);
            // The rounding error of the mean.
            float summand = (float) (beta[channel] - (mean[channel] - center) * factor);
            for (int i = channel * count; i < (channel + 1) * count; i++) {
                out[i] = (in[i] - center) * factor + summand;
            }
        }
    }

    /** Sums up a tile before {@link #backward}. */
    void sumGradient(FloatTile tile, FloatScratch worker) {
        float[] in = tile.value(plan.input());
        float[] gradient = tile.gradients[node];
        double[] sums = tile.sums[node];
        int count = plane * tile.examples();
        for (int channel = 0; channel < channels; channel++) {
            float center = (float) mean[channel];
            double sum = worker.sums.of(gradient, channel * count, count);
            double products = worker.sums.ofProducts(gradient, 0, in, center, channel * count, count);
            sums[channel] = sum;
            sums[channels + channel] = (products - sum * (mean[channel] - center)) * inverseDeviation[channel];
        }
    }

    /** Computes the gradients with respect to gamma and beta, in the order of the tiles, and adds them. */
    void mergeGradient(List<FloatTile> tiles, FloatMemory sum) {
        for (int channel = 0; channel < channels; channel++) {
            double count = 0;
            double gradients = 0;
            double products = 0;
            for (FloatTile tile : tiles) {
                count += (double) plane * tile.examples();
                gradients += tile.sums[node][channel];
                products += tile.sums[node][channels + channel];
            }
            meanGradient[channel] = gradients / count;
            meanProduct[channel] = products / count;
            if (plan.gamma() != NetworkPlan.NONE) {
                sum.add(plan.gamma() + channel, (float) products);
            }
            if (plan.beta() != NetworkPlan.NONE) {
                sum.add(plan.beta() + channel, (float) gradients);
            }
        }
    }

    @Override
    void backward(FloatTile tile, FloatScratch worker) {
        if (flow == Flow.NONE) {
            return;
        }
        float[] in = tile.value(plan.input());
        float[] gradient = tile.gradients[node];
        int count = plane * tile.examples();
        for (int channel = 0; channel < channels; channel++) {
            float center = (float) mean[channel];
            double scale = gamma[channel] * inverseDeviation[channel];
            double slope = scale * meanProduct[channel] * inverseDeviation[channel];
            float factor = (float) scale;
            float product = (float) slope;
            float summand = (float) (slope * (mean[channel] - center) - scale * meanGradient[channel]);
            for (int i = channel * count; i < (channel + 1) * count; i++) {
                gradient[i] = factor * gradient[i] - product * (in[i] - center) + summand;
            }
        }
        pass(flow, gradient, tile.gradients[plan.input()], plane * channels * tile.examples());
    }
}
