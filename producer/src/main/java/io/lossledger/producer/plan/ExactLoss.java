package io.lossledger.producer.plan;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/**
 * A loss whose gradient is the slope of its score even where DL4J's is not. First, it leaves its input unchanged: the
 * backward pass of some activations overwrites it, and DL4J's LossLayer then computes the score from the overwritten
 * values. Second, the gradient of a cross entropy after a softmax is p·Σy − y: DL4J's p − y is right only for labels y
 * that sum to one, but not for the zero rows of padded data or rows scaled by an example weight. For evaluation only,
 * in one process.
 */
public final class ExactLoss implements ILossFunction {
    private static final long serialVersionUID = 1L;

    private final ILossFunction loss;

    private ExactLoss(ILossFunction loss) {
        this.loss = loss;
    }

    static ILossFunction of(ILossFunction loss) {
        return loss instanceof ExactLoss ? loss : new ExactLoss(loss);
    }

    /** The wrapped loss, or the loss itself. */
    static ILossFunction innermost(ILossFunction loss) {
        return loss instanceof ExactLoss exact ? exact.loss : loss;
    }

    /** Whether the gradient of the loss is corrected. Subclasses of a user may compute something else. */
    public static boolean corrects(ILossFunction loss) {
        return loss.getClass() == LossMCXENT.class || loss.getClass() == LossNegativeLogLikelihood.class;
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
        INDArray input = preOutput.dup(preOutput.ordering());
        return withWeights(labels, activationFn).computeGradient(labels, input, activationFn, mask);
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

    /**
     * DL4J's own gradient of a weighted cross entropy is right for any labels; weights of one do not change the loss.
     */
    private ILossFunction withWeights(INDArray labels, IActivation activation) {
        if (!corrects(loss) || !(activation instanceof ActivationSoftmax) || ((LossMCXENT) loss).getWeights() != null) {
            return loss;
        }
        LossMCXENT entropy = (LossMCXENT) loss;
        return new LossMCXENT(entropy.getSoftmaxClipEps(), Nd4j.ones(labels.dataType(), 1, labels.size(1)));
    }
}
