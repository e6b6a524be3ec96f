package io.lossledger.producer.blas;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.kernel.FloatFourRows;
import io.lossledger.producer.blas.kernel.FloatMemory;
import java.util.Arrays;

/**
 * Convolution as products of the weights with a matrix of patches, [channels × window, places × examples]. Its parts
 * are rebuilt each time, so that they stay in the cache. These products have few rows. Java computes those of the
 * forward and backward passes, which avoids copies; only the gradient with respect to the weights uses BLAS.
 *
 * <p>Source: Chellapilla, Puri, Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006.
 */
final class FloatConvolution extends FloatNode {
    /** The rows of the matrix that are built at a time: a quarter of a megabyte. */
    static final int DEPTH = 128;

    private static final int FOUR = FloatFourRows.ROWS;
    private static final int COLUMNS = FloatFourRows.COLUMNS;

    private final Convolution plan;
    private final Flow flow;
    private final FloatPatches patches;
    private final int channels;
    private final int depth;
    private final int places;
    /** The weights in blocks of four channels and four rows of the matrix. */
    private final float[] weights;
    /** The same blocks, transposed. */
    private final float[] turned;

    FloatConvolution(int node, Convolution plan, Flow flow) {
        super(node);
        this.plan = plan;
        this.flow = flow;
        this.patches = new FloatPatches(plan);
        this.channels = plan.out().channels();
        this.depth = plan.depth();
        this.places = plan.out().height() * plan.out().width();
        this.weights = new float[fours(channels) * fours(depth) * FOUR * FOUR];
        this.turned = new float[weights.length];
    }

    static int fours(int rows) {
        return (rows + FOUR - 1) / FOUR;
    }

    @Override
    void load(FloatMemory parameters) {
        for (int channel = 0; channel < channels; channel++) {
            for (int row = 0; row < depth; row++) {
                float weight = parameters.get(plan.weights() + channel * depth + row);
                int block = channel / FOUR * fours(depth) + row / FOUR;
                int turnedBlock = row / FOUR * fours(channels) + channel / FOUR;
                weights[(block * FOUR + channel % FOUR) * FOUR + row % FOUR] = weight;
                turned[(turnedBlock * FOUR + row % FOUR) * FOUR + channel % FOUR] = weight;
            }
        }
    }

    @Override
    void forward(FloatTile tile, FloatScratch worker) {
        int examples = tile.examples();
        int step = COLUMNS / examples;
        for (int from = 0; from < places; from += step) {
            int to = Math.min(places, from + step);
            fillWithBias(worker);
            for (int row = 0; row < depth; row += DEPTH) {
                gather(tile, row, from, to, worker);
                int first = row / FOUR;
                int count = fours(Math.min(depth - row, DEPTH));
                for (int channel = 0; channel < fours(channels); channel++) {
                    for (int i = 0; i < count; i++) {
                        int block = channel * fours(depth) + first + i;
                        FloatFourRows.addProduct(
                                worker.outputs[channel], worker.patches[i], weights, block * FOUR * FOUR);
                    }
                }
            }
            copyOut(worker, tile.value(node), from * examples, to * examples, places * examples);
        }
    }

    @Override
    void backward(FloatTile tile, FloatScratch worker) {
        int examples = tile.examples();
        float[] gradient = tile.gradients[node];
        addBiasGradient(plan, gradient, places * examples, worker);
        if (flow == Flow.WRITE) {
            Arrays.fill(tile.gradients[plan.input()], 0, plan.in().size() * examples, 0);
        }
        int step = COLUMNS / examples;
        for (int from = 0; from < places; from += step) {
            int to = Math.min(places, from + step);
            int columns = (to - from) * examples;
            copyIn(worker, gradient, from * examples, to * examples, places * examples);
            for (int row = 0; row < depth; row += DEPTH) {
                int rows = Math.min(depth - row, DEPTH);
                gather(tile, row, from, to, worker);
                for (int i = 0; i < fours(rows); i++) {
                    worker.matrix.put(i * FOUR * COLUMNS, worker.patches[i], 0, FOUR * COLUMNS);
                }
                cblas_sgemm(
                        CblasRowMajor,
                        CblasNoTrans,
                        CblasTrans,
                        channels,
                        rows,
                        columns,
                        1,
                        worker.product.at(0),
                        COLUMNS,
                        worker.matrix.at(0),
                        COLUMNS,
                        1,
                        worker.gradient().at(plan.weights() + row),
                        depth);
                if (flow != Flow.NONE) {
                    scatter(tile, row, rows, from, to, worker);
                }
            }
        }
    }

    private void gather(FloatTile tile, int first, int from, int to, FloatScratch worker) {
        int rows = Math.min(depth - first, DEPTH);
        float[] image = tile.value(plan.input());
        for (int i = 0; i < fours(rows) * FOUR; i++) {
            int at = i % FOUR * COLUMNS;
            if (i < rows) {
                patches.gather(image, tile.examples(), first + i, from, to, worker.patches[i / FOUR], at);
            } else {
                Arrays.fill(worker.patches[i / FOUR], at, at + COLUMNS, 0);
            }
        }
    }

    /** The gradient with respect to the patches, and to the image they come from. */
    private void scatter(FloatTile tile, int first, int rows, int from, int to, FloatScratch worker) {
        for (int i = 0; i < fours(rows); i++) {
            Arrays.fill(worker.patches[i], 0);
            for (int channel = 0; channel < fours(channels); channel++) {
                int block = (first / FOUR + i) * fours(channels) + channel;
                FloatFourRows.addProduct(worker.patches[i], worker.outputs[channel], turned, block * FOUR * FOUR);
            }
        }
        float[] image = tile.gradients[plan.input()];
        for (int i = 0; i < rows; i++) {
            patches.scatter(
                    image,
                    tile.examples(),
                    first + i,
                    from,
                    to,
                    worker.patches[i / FOUR],
                    i % FOUR * COLUMNS,
                    worker.image);
        }
    }

    private void fillWithBias(FloatScratch worker) {
        for (int channel = 0; channel < channels; channel++) {
            float bias = plan.bias() == NetworkPlan.NONE ? 0 : worker.parameters.get(plan.bias() + channel);
            int at = channel % FOUR * COLUMNS;
            Arrays.fill(worker.outputs[channel / FOUR], at, at + COLUMNS, bias);
        }
    }

    private void copyOut(FloatScratch worker, float[] into, int from, int to, int plane) {
        for (int channel = 0; channel < channels; channel++) {
            System.arraycopy(
                    worker.outputs[channel / FOUR], channel % FOUR * COLUMNS, into, channel * plane + from, to - from);
        }
    }

    private void copyIn(FloatScratch worker, float[] gradient, int from, int to, int plane) {
        for (int channel = 0; channel < fours(channels) * FOUR; channel++) {
            int at = channel % FOUR * COLUMNS;
            if (channel < channels) {
                System.arraycopy(gradient, channel * plane + from, worker.outputs[channel / FOUR], at, to - from);
            } else {
                Arrays.fill(worker.outputs[channel / FOUR], at, at + COLUMNS, 0);
            }
        }
        for (int i = 0; i < fours(channels); i++) {
            worker.product.put(i * FOUR * COLUMNS, worker.outputs[i], 0, FOUR * COLUMNS);
        }
    }
}
