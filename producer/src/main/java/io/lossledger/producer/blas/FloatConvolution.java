package io.lossledger.producer.blas;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import java.util.Arrays;

/**
 * Convolution, and dense layers, as products of the weights with a matrix of patches, [channels × window, places × examples].
 * The matrix is made anew for each band of output rows, so that it stays in the cache.
 *
 * <p>Source: Chellapilla, Puri, Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006.
 */
final class FloatConvolution extends FloatNode {
    /** Of the matrix of patches, if one output row does not need more: half a megabyte. */
    private static final int ELEMENTS = (1 << 19) / Float.BYTES;

    private final Convolution plan;
    private final Flow flow;
    private final FloatPatches patches;
    private final int channels;
    private final int depth;
    private final int rows;
    private final int rowWidth;

    FloatConvolution(int node, Convolution plan, Flow flow) {
        super(node);
        this.plan = plan;
        this.flow = flow;
        this.patches = new FloatPatches(plan);
        this.channels = plan.out().channels();
        this.depth = depth(plan);
        this.rows = plan.out().height();
        this.rowWidth = plan.out().width();
    }

    /** Most elements of the matrix of patches, and of the product. */
    static int elements(Convolution plan, int examples) {
        return Math.max(ELEMENTS, rowElements(plan, examples));
    }

    /** Output rows whose patches are made at a time. */
    private static int band(Convolution plan, int examples) {
        return Math.max(1, Math.min(plan.out().height(), ELEMENTS / rowElements(plan, examples)));
    }

    private static int rowElements(Convolution plan, int examples) {
        return Math.max(depth(plan), plan.out().channels()) * plan.out().width() * examples;
    }

    /** Rows of the matrix of patches. */
    private static int depth(Convolution plan) {
        return plan.in().channels() * plan.window().height() * plan.window().width();
    }

    @Override
    void forward(FloatTile tile, FloatWorker worker) {
        int examples = tile.examples();
        float[] out = tile.value(node);
        int plane = rows * rowWidth * examples;
        int band = band(plan, examples);
        for (int from = 0; from < rows; from += band) {
            int to = Math.min(rows, from + band);
            int width = (to - from) * rowWidth * examples;
            FloatMemory matrix = matrix(tile, from, to, worker);
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasNoTrans,
                    channels,
                    width,
                    depth,
                    1,
                    worker.parameters.at(plan.weights()),
                    depth,
                    matrix.at(0),
                    width,
                    0,
                    worker.product.at(0),
                    width);
            for (int channel = 0; channel < channels; channel++) {
                int at = channel * plane + from * rowWidth * examples;
                worker.product.get(channel * width, out, at, width);
                if (plan.bias() != NetworkPlan.NONE) {
                    float bias = worker.parameters.get(plan.bias() + channel);
                    for (int i = at; i < at + width; i++) {
                        out[i] += bias;
                    }
                }
            }
        }
    }

    @Override
    void backward(FloatTile tile, FloatWorker worker) {
        int examples = tile.examples();
        float[] gradient = tile.gradients[node];
        int plane = rows * rowWidth * examples;
        if (plan.bias() != NetworkPlan.NONE) {
            for (int channel = 0; channel < channels; channel++) {
                worker.gradient().add(plan.bias() + channel, (float) worker.sums.of(gradient, channel * plane, plane));
            }
        }
        if (flow == Flow.WRITE) {
            Arrays.fill(tile.gradients[plan.input()], 0, plan.in().size() * examples, 0);
        }
        int band = band(plan, examples);
        for (int from = 0; from < rows; from += band) {
            int to = Math.min(rows, from + band);
            int width = (to - from) * rowWidth * examples;
            FloatMemory matrix = matrix(tile, from, to, worker);
            for (int channel = 0; channel < channels; channel++) {
                worker.product.put(channel * width, gradient, channel * plane + from * rowWidth * examples, width);
            }
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasTrans,
                    channels,
                    depth,
                    width,
                    1,
                    worker.product.at(0),
                    width,
                    matrix.at(0),
                    width,
                    1,
                    worker.gradient().at(plan.weights()),
                    depth);
            if (flow != Flow.NONE) {
                cblas_sgemm(
                        CblasRowMajor,
                        CblasTrans,
                        CblasNoTrans,
                        depth,
                        width,
                        channels,
                        1,
                        worker.parameters.at(plan.weights()),
                        depth,
                        worker.product.at(0),
                        width,
                        0,
                        worker.patches.at(0),
                        width);
                patches.scatter(tile.gradients[plan.input()], examples, from, to, worker);
            }
        }
    }

    /** The matrix of patches for output rows {@code from} to {@code to}; features that are one lie outside of the heap already. */
    private FloatMemory matrix(FloatTile tile, int from, int to, FloatWorker worker) {
        if (plan.input() == NetworkPlan.INPUT && tile.matrix() != null) {
            return tile.matrix();
        }
        patches.gather(tile.value(plan.input()), tile.examples(), from, to, worker);
        return worker.patches;
    }
}
