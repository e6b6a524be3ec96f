package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Convolution;

/** What a thread works with. Memory is bounded by the largest matrices of the network, see {@link FloatConvolution}. */
final class FloatWorker implements AutoCloseable {
    /** The flat parameters. */
    final FloatMemory parameters;
    /** Matrix of patches, and its gradient. */
    final FloatMemory patches;
    /** Output of a convolution, or the gradient by it. */
    final FloatMemory product;
    /** A row of a matrix on the heap. */
    final float[] row;
    /** For adding up. */
    final float[] block = new float[FloatEngine.BLOCK];

    private FloatMemory gradient;
    private double loss;

    FloatWorker(FloatMemory parameters, NetworkPlan plan, int tileExamples) {
        this.parameters = parameters.view();
        this.gradient = parameters;
        int patchElements = 0;
        int productElements = 0;
        for (NetworkPlan.Node node : plan.nodes()) {
            if (node instanceof Convolution convolution) {
                int width = FloatConvolution.band(convolution, tileExamples) * convolution.out().width() * tileExamples;
                patchElements = Math.max(patchElements, FloatConvolution.depth(convolution) * width);
                productElements = Math.max(productElements, convolution.out().channels() * width);
            }
        }
        this.patches = FloatMemory.allocate(patchElements);
        this.product = FloatMemory.allocate(productElements);
        this.row = new float[patchElements];
    }

    /** The sum that gradients by parameters are added to. */
    FloatMemory gradient() {
        return gradient;
    }

    void addTo(FloatMemory sum) {
        gradient = sum;
    }

    void addLoss(double summand) {
        loss += summand;
    }

    /** The losses since this was last asked for. */
    double takeLoss() {
        double taken = loss;
        loss = 0;
        return taken;
    }

    @Override
    public void close() {
        patches.close();
        product.close();
    }
}
