package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.kernel.FloatFourRows;
import io.lossledger.producer.blas.kernel.FloatMemory;
import io.lossledger.producer.blas.kernel.FloatSums;

/**
 * The scratch memory of a thread. It is bounded by the largest matrices of the network; see {@link FloatConvolution}.
 */
final class FloatScratch implements AutoCloseable {
    /** The flat parameters. */
    final FloatMemory parameters;
    /** A block of a matrix of patches, or the gradient with respect to it. */
    final FloatMemory matrix;
    /** The output of a product, or the gradient with respect to it. */
    final FloatMemory product;
    /** A row of a matrix on the heap. */
    final float[] row;
    /** Rows of a matrix of patches, or the gradient with respect to them, in groups of four. */
    final float[][] patches =
            new float[FloatConvolution.DEPTH / FloatFourRows.ROWS][FloatFourRows.ROWS * FloatFourRows.COLUMNS];
    /** The output of a convolution, or the gradient with respect to it, in groups of four channels. */
    final float[][] outputs;
    /** As large as the largest input of a convolution. */
    final float[] image;

    final FloatSums sums = new FloatSums();
    /** Memory for sums. */
    final float[] block = new float[FloatEngine.BLOCK];

    private FloatMemory gradient;
    private double loss;

    FloatScratch(FloatMemory parameters, NetworkPlan plan, int tileExamples) {
        this.parameters = parameters.view();
        this.gradient = parameters;
        int elements = 0;
        int channels = 0;
        int imageElements = 0;
        for (NetworkPlan.Node node : plan.nodes()) {
            if (node instanceof Convolution convolution) {
                elements = Math.max(elements, FloatProduct.elements(convolution, tileExamples));
                if (!convolution.window().equals(NetworkPlan.Window.ONE)) {
                    channels = Math.max(channels, convolution.out().channels());
                }
                imageElements = Math.max(imageElements, convolution.in().size() * tileExamples);
            }
        }
        this.matrix = FloatMemory.allocate(elements);
        this.product = FloatMemory.allocate(
                Math.max(elements, FloatConvolution.fours(channels) * FloatFourRows.ROWS * FloatFourRows.COLUMNS));
        this.row = new float[elements];
        this.outputs = new float[FloatConvolution.fours(channels)][FloatFourRows.ROWS * FloatFourRows.COLUMNS];
        this.image = new float[imageElements];
    }

    /** The sum of the gradients with respect to parameters. */
    FloatMemory gradient() {
        return gradient;
    }

    void addTo(FloatMemory sum) {
        gradient = sum;
    }

    void addLoss(double summand) {
        loss += summand;
    }

    /** The sum of the losses since the last call. */
    double takeLoss() {
        double taken = loss;
        loss = 0;
        return taken;
    }

    @Override
    public void close() {
        matrix.close();
        product.close();
    }
}
