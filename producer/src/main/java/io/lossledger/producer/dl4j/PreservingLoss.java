package io.lossledger.producer.dl4j;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * A loss that leaves its input as it was. The backward pass of some activations writes over it; DL4J's LossLayer then
 * computes the score from what is left, where its other output layers take a copy. For evaluation only, in one process.
 */
final class PreservingLoss implements ILossFunction {
    private static final long serialVersionUID = 1L;

    private final ILossFunction loss;

    PreservingLoss(ILossFunction loss) {
        this.loss = loss;
    }

    /** The loss inside, or the loss itself. */
    static ILossFunction innermost(ILossFunction loss) {
        return loss instanceof PreservingLoss preserving ? preserving.loss : loss;
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activationFn, @Nullable INDArray mask, boolean average) {
        return loss.computeScore(labels, preOutput, activationFn, mask, average);
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray preOutput, IActivation activationFn, @Nullable INDArray mask) {
        return loss.computeScoreArray(labels, preOutput, activationFn, mask);
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray preOutput, IActivation activationFn, @Nullable INDArray mask) {
        return loss.computeGradient(labels, preOutput.dup(preOutput.ordering()), activationFn, mask);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activationFn, @Nullable INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, preOutput, activationFn, mask, average),
                computeGradient(labels, preOutput, activationFn, mask));
    }

    @Override
    public String name() {
        return loss.name();
    }
}
