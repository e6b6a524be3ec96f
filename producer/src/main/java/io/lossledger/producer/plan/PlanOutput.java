package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan.Loss;
import io.lossledger.producer.blas.NetworkPlan.SoftmaxCrossEntropy;
import io.lossledger.producer.blas.NetworkPlan.SquaredError;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/** Turns the last layer of a network into nodes and a loss. Stateless. */
final class PlanOutput {
    private PlanOutput() {}

    /**
     * Adds the nodes of the layer, up to the input of the loss.
     *
     * @throws NotPlannableException when the layer or one of its settings is unknown
     */
    static Loss add(Layer layer, ParameterViews parameters, PlanValue in, PlanNodes nodes) {
        String owner = parameters.owner();
        if (layer.getClass() == OutputLayer.class) {
            OutputLayer output = (OutputLayer) layer;
            PlanValue linear = new PlanLayers(nodes).dense(output, output.hasBias(), parameters, in);
            return loss(ExactLoss.innermost(output.getLossFn()), output, owner, linear, nodes);
        }
        if (layer.getClass() == LossLayer.class) {
            if (!in.isVector()) {
                throw new NotPlannableException(owner + " takes " + in);
            }
            LossLayer output = (LossLayer) layer;
            return loss(ExactLoss.innermost(output.getLossFn()), output, owner, in, nodes);
        }
        throw new NotPlannableException(owner + " is unknown");
    }

    private static Loss loss(ILossFunction loss, BaseLayer layer, String owner, PlanValue in, PlanNodes nodes) {
        IActivation activation = layer.getActivationFn();
        Class<?> kind = loss.getClass();
        if (kind == LossMCXENT.class || kind == LossNegativeLogLikelihood.class) {
            LossMCXENT entropy = (LossMCXENT) loss;
            requireNoWeights(entropy.getWeights(), owner);
            if (activation.getClass() != ActivationSoftmax.class) {
                throw new NotPlannableException(owner + " has the activation " + PlanNodes.describe(activation));
            }
            // Without a limit, DL4J's score is not a number if a probability is rounded to zero.
            if (!(entropy.getSoftmaxClipEps() > 0)) {
                throw new NotPlannableException(owner + " does not limit the probabilities in its loss");
            }
            return new SoftmaxCrossEntropy(entropy.getSoftmaxClipEps());
        }
        if (kind == LossL2.class || kind == LossMSE.class) {
            requireNoWeights(((LossL2) loss).getWeights(), owner);
            PlanValue out = nodes.activate(owner, activation, in);
            return new SquaredError(kind == LossMSE.class ? 1.0 / out.shape().size() : 1);
        }
        throw new NotPlannableException(owner + " has the loss " + kind.getSimpleName());
    }

    private static void requireNoWeights(@Nullable Object weights, String owner) {
        if (weights != null) {
            throw new NotPlannableException(owner + " weighs its outputs");
        }
    }
}
