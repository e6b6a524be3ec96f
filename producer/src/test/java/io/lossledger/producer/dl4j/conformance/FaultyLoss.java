package io.lossledger.producer.dl4j.conformance;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** A squared error whose gradient is a share of what it should be. */
@SuppressWarnings("serial") // never read back
final class FaultyLoss extends LossMSE {
    private final double share;

    FaultyLoss(double share) {
        this.share = share;
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return super.computeGradient(labels, preOutput, activation, mask).muli(share);
    }
}
