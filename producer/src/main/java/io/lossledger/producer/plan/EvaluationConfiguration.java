package io.lossledger.producer.plan;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.lang3.SerializationException;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The configuration of a network that computes only the data loss: the user's, but without dropout, noise, weight
 * noise, constraints and L1, L2 or weight decay, also inside wrappers, and in the requested precision. Batch norm stays
 * in batch-statistics mode, and frozen layers in test mode, as in training. Stateless.
 */
public final class EvaluationConfiguration {
    private EvaluationConfiguration() {}

    public static MultiLayerConfiguration of(MultiLayerConfiguration users, DataType precision) {
        MultiLayerConfiguration configuration = copy(users);
        configuration.setDataType(precision);
        configuration.setBackpropType(
                BackpropType.Standard); // truncated backpropagation carries state from one chunk to the next
        boolean frozenSoFar = true;
        for (NeuralNetConfiguration part : configuration.getConfs()) {
            frozenSoFar &= part.getLayer() instanceof FrozenLayer;
            strip(part, frozenSoFar, precision);
        }
        return configuration;
    }

    public static ComputationGraphConfiguration of(ComputationGraphConfiguration users, DataType precision) {
        ComputationGraphConfiguration configuration = copy(users);
        configuration.setDataType(precision);
        configuration.setBackpropType(BackpropType.Standard);
        Set<String> frozen = frozenToTheBottom(configuration);
        configuration.getVertices().replaceAll((name, vertex) -> strip(vertex, frozen.contains(name), precision));
        return configuration;
    }

    /**
     * A deep copy. With DL4J's own {@code clone}, layers inside wrappers would still be shared with the network in
     * training.
     *
     * @throws IllegalArgumentException when the configuration is not serializable
     */
    private static <T extends Serializable> T copy(T users) {
        try {
            return SerializationUtils.clone(users);
        } catch (SerializationException e) {
            throw new IllegalArgumentException(
                    "network: must have a configuration that can be serialized, because the ledger evaluates a copy."
                            + " Found: " + ExceptionUtils.getRootCauseMessage(e),
                    e);
        }
    }

    /**
     * The vertices that are frozen together with everything before them. DL4J does not propagate the gradient into a
     * frozen layer; if something that learns comes before it, the evaluation must.
     */
    private static Set<String> frozenToTheBottom(ComputationGraphConfiguration configuration) {
        Set<String> frozen = new HashSet<>(configuration.getNetworkInputs());
        boolean grown = true;
        while (grown) {
            grown = false;
            for (var entry : configuration.getVertices().entrySet()) {
                grown |= isFrozen(entry.getValue())
                        && frozen.containsAll(configuration.getVertexInputs().get(entry.getKey()))
                        && frozen.add(entry.getKey());
            }
        }
        return frozen;
    }

    private static boolean isFrozen(GraphVertex vertex) {
        return vertex instanceof FrozenVertex
                || (vertex instanceof LayerVertex layer && layer.getLayerConf().getLayer() instanceof FrozenLayer);
    }

    private static GraphVertex strip(GraphVertex vertex, boolean frozenToTheBottom, DataType precision) {
        if (vertex instanceof FrozenVertex frozen && !frozenToTheBottom) {
            return strip(frozen.getUnderlying(), false, precision);
        }
        vertex.setDataType(precision);
        if (vertex instanceof LayerVertex layer) {
            strip(layer.getLayerConf(), frozenToTheBottom, precision);
        }
        return vertex;
    }

    private static void strip(NeuralNetConfiguration part, boolean frozenToTheBottom, DataType precision) {
        part.setDataType(precision);
        part.setMiniBatch(true); // makes the score the mean, whatever the user's training divides by
        if (frozenToTheBottom && part.getLayer() instanceof FrozenLayer frozen) {
            part.setLayer(named(frozen, new FrozenLayer(strip(frozen.getLayer(), precision))));
        } else {
            part.setLayer(strip(part.getLayer(), precision));
        }
    }

    private static Layer strip(Layer layer, DataType precision) {
        if (layer instanceof FrozenLayer frozen) {
            return named(frozen, frozen(strip(frozen.getLayer(), precision)));
        }
        if (layer instanceof FrozenLayerWithBackprop frozen) {
            return named(frozen, frozenWithBackprop(strip(frozen.getUnderlying(), precision)));
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            wrapper.setUnderlying(strip(wrapper.getUnderlying(), precision));
        } else if (layer instanceof Bidirectional both) {
            both.setFwd(strip(both.getFwd(), precision));
            both.setBwd(strip(both.getBwd(), precision));
        }
        if (layer instanceof BatchNormalization norm && norm.isLockGammaBeta() && norm.getBeta() == 0) {
            norm.setGamma(1); // DL4J's forward pass ignores a locked gamma without a beta, its backward pass does not
        }
        if (layer instanceof DropoutLayer) {
            // Without dropout, DL4J's layer passes on its own input, which fails if it is the input of the network.
            return named(layer, stripped(new ActivationLayer(Activation.IDENTITY), precision));
        }
        correctLoss(layer);
        return stripped(layer, precision);
    }

    private static Layer stripped(Layer layer, DataType precision) {
        layer.setDataType(precision);
        layer.setIDropout(null);
        layer.setConstraints(null);
        if (layer instanceof BaseLayer base) {
            base.setWeightNoise(null);
            base.setRegularization(List.of());
            base.setRegularizationBias(List.of());
            base.setActivationFn(certain(base.getActivationFn()));
        } else if (layer instanceof ActivationLayer activation) {
            activation.setActivationFn(certain(activation.getActivationFn()));
        }
        return layer;
    }

    private static void correctLoss(Layer layer) {
        if (layer instanceof BaseOutputLayer output) {
            output.setLossFn(ExactLoss.of(output.getLossFn()));
        } else if (layer instanceof LossLayer output) {
            output.setLossFn(ExactLoss.of(output.getLossFn()));
        } else if (layer instanceof RnnLossLayer output) {
            output.setLossFn(ExactLoss.of(output.getLossFn()));
        } else if (layer instanceof CnnLossLayer output) {
            output.setLossFn(ExactLoss.of(output.getLossFn()));
        } else if (layer instanceof Cnn3DLossLayer output) {
            output.setLossFn(ExactLoss.of(output.getLossFn()));
        }
    }

    private static Layer frozen(Layer layer) {
        if (layer.initializer().numParams(layer) == 0) {
            return layer; // in test mode, DL4J may write the outputs of such layers over their inputs
        }
        return layer instanceof BatchNormalization norm
                ? new FrozenBatchNorm(norm)
                : new FrozenLayerWithBackprop(layer);
    }

    /** L2 and weight decay still change its parameters. */
    private static Layer frozenWithBackprop(Layer layer) {
        return layer instanceof BatchNormalization ? frozen(layer) : layer;
    }

    private static Layer named(Layer original, Layer copy) {
        copy.setLayerName(original.getLayerName());
        return copy;
    }

    /** The randomised ReLU draws slopes in training, as dropout draws masks; in test mode DL4J uses their mean. */
    private static IActivation certain(IActivation activation) {
        return activation instanceof ActivationRReLU random
                ? new ActivationLReLU((random.getL() + random.getU()) / 2)
                : activation;
    }
}
