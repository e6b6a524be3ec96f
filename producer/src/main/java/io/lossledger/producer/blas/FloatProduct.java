package io.lossledger.producer.blas;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.blas.kernel.FloatMemory;
import java.util.Arrays;

/**
 * Dense layers and convolutions with BLAS alone: products of the weights with a matrix of patches, [channels × window,
 * places × examples]. For a dense layer this matrix is its input. It is processed in blocks of places that stay in the
 * cache.
 */
final class FloatProduct extends FloatNode {
    /** The elements of a block of the matrix, unless one place needs more: half a megabyte. */
    private static final int ELEMENTS = (1 << 19) / Float.BYTES;

    private final Convolution plan;
    private final Flow flow;
    private final FloatPatches patches;
    private final int channels;
    private final int depth;
    private final int places;

    FloatProduct(int node, Convolution plan, Flow flow) {
        super(node);
        this.plan = plan;
        this.flow = flow;
        this.patches = new FloatPatches(plan);
        this.channels = plan.out().channels();
        this.depth = plan.depth();
        this.places = plan.out().height() * plan.out().width();
    }

    /** The largest number of elements of a block of the matrix, and of the product. */
    static int elements(Convolution plan, int examples) {
        return Math.max(ELEMENTS, Math.max(plan.depth(), plan.out().channels()) * examples);
    }

    @Override
    void forward(FloatTile tile, FloatScratch worker) {
        int examples = tile.examples();
        float[] out = tile.value(node);
        int step = step(examples);
        for (int from = 0; from < places; from += step) {
            int to = Math.min(places, from + step);
            int width = (to - from) * examples;
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
                int at = (channel * places + from) * examples;
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
    void backward(FloatTile tile, FloatScratch worker) {
        int examples = tile.examples();
        float[] gradient = tile.gradients[node];
        addBiasGradient(plan, gradient, places * examples, worker);
        if (flow == Flow.WRITE) {
            Arrays.fill(tile.gradients[plan.input()], 0, plan.in().size() * examples, 0);
        }
        int step = step(examples);
        for (int from = 0; from < places; from += step) {
            int to = Math.min(places, from + step);
            int width = (to - from) * examples;
            FloatMemory matrix = matrix(tile, from, to, worker);
            for (int channel = 0; channel < channels; channel++) {
                worker.product.put(channel * width, gradient, (channel * places + from) * examples, width);
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
                        worker.matrix.at(0),
                        width);
                scatter(tile, from, to, worker);
            }
        }
    }

    private int step(int examples) {
        return Math.max(1, Math.min(places, ELEMENTS / (Math.max(depth, channels) * examples)));
    }

    /** The matrix for some places; features in this form are already off the heap. */
    private FloatMemory matrix(FloatTile tile, int from, int to, FloatScratch worker) {
        if (plan.input() == NetworkPlan.INPUT && tile.matrix() != null) {
            return tile.matrix(); // threads share it, so none may ask for another place than 0
        }
        float[] image = tile.value(plan.input());
        int examples = tile.examples();
        int width = (to - from) * examples;
        for (int row = 0; row < depth; row++) {
            if (isPointwise()) {
                worker.matrix.put(row * width, image, (row * places + from) * examples, width);
            } else {
                patches.gather(image, examples, row, from, to, worker.row, 0);
                worker.matrix.put(row * width, worker.row, 0, width);
            }
        }
        return worker.matrix;
    }

    private void scatter(FloatTile tile, int from, int to, FloatScratch worker) {
        float[] image = tile.gradients[plan.input()];
        int examples = tile.examples();
        int width = (to - from) * examples;
        for (int row = 0; row < depth; row++) {
            if (isPointwise() && flow == Flow.WRITE) {
                worker.matrix.get(row * width, image, (row * places + from) * examples, width);
            } else {
                worker.matrix.get(row * width, worker.row, 0, width);
                patches.scatter(image, examples, row, from, to, worker.row, 0, worker.image);
            }
        }
    }

    private boolean isPointwise() {
        return plan.window().equals(Window.ONE);
    }
}
