package io.lossledger.producer.dl4j;

import io.lossledger.producer.layout.LayerKind;
import io.lossledger.producer.layout.PlacedLayer;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationRReLU;

/** What the loss that DL4J reports for a minibatch consists of. Stateless. */
final class TrainingLoss {
    private TrainingLoss() {}

    /**
     * Whether it is the mean data loss of the minibatch's examples, so that it estimates that of the training set: no dropout,
     * noise, L1, L2, weight decay or batch statistics, and no truncated sequences.
     */
    static boolean isDataLoss(Model network) {
        BackpropType backprop = network instanceof ComputationGraph graph
                ? graph.getConfiguration().getBackpropType()
                : ((MultiLayerNetwork) network).getLayerWiseConfigurations().getBackpropType();
        NeuralNetConfiguration settings = network instanceof ComputationGraph graph
                ? graph.getConfiguration().getDefaultConfiguration()
                : ((MultiLayerNetwork) network).getLayerWiseConfigurations().getConf(0);
        return backprop == BackpropType.Standard
                && settings.isMiniBatch()
                && PlacedLayer.of(network).stream().allMatch(placed -> isDataLoss(placed.layer()));
    }

    private static boolean isDataLoss(Layer layer) {
        Layer inner = LayerKind.inner(layer);
        if (inner != null && !isDataLoss(inner)) {
            return false;
        }
        if (layer instanceof BatchNormalization || layer.getIDropout() != null) {
            return false;
        }
        if (layer instanceof BaseLayer base) {
            return base.getWeightNoise() == null
                    && isEmpty(base.getRegularization())
                    && isEmpty(base.getRegularizationBias())
                    && isCertain(base.getActivationFn());
        }
        return !(layer instanceof ActivationLayer activation) || isCertain(activation.getActivationFn());
    }

    private static boolean isEmpty(List<?> regularization) {
        return regularization == null || regularization.isEmpty();
    }

    private static boolean isCertain(IActivation activation) {
        return !(activation instanceof ActivationRReLU);
    }
}
