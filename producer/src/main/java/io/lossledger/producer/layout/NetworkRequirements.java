package io.lossledger.producer.layout;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffOutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;

/**
 * The requirements for a network, which ensure that its loss is the mean over examples and its gradient belongs to that
 * loss. Stateless.
 */
public final class NetworkRequirements {
    /** The losses that DL4J adds up over the examples and divides by their number. */
    private static final Set<Class<?>> LOSSES = Set.of(
            OutputLayer.class,
            LossLayer.class,
            RnnOutputLayer.class,
            RnnLossLayer.class,
            CnnLossLayer.class,
            Cnn3DLossLayer.class,
            Yolo2OutputLayer.class);

    private NetworkRequirements() {}

    /** @throws IllegalArgumentException when the network cannot be evaluated; the message names the layer */
    public static void check(Model network) {
        if (network == null) {
            throw new IllegalArgumentException("network: must be a network. Found: null");
        }
        if (network instanceof MultiLayerNetwork layers) {
            for (NeuralNetConfiguration part :
                    layers.getLayerWiseConfigurations().getConfs()) {
                check(part.getLayer());
            }
            checkLoss(layers.getLayerWiseConfigurations()
                    .getConf(layers.getnLayers() - 1)
                    .getLayer());
        } else if (network instanceof ComputationGraph graph) {
            check(graph.getConfiguration());
        } else {
            throw neither(network);
        }
        requireInitialised(
                network instanceof MultiLayerNetwork layers
                        ? layers.isInitCalled()
                        : network.params().length() > 0);
    }

    private static void requireInitialised(boolean initialised) {
        if (!initialised) {
            throw new IllegalArgumentException(
                    "network: must be initialised. Call init() before a ledger is attached. Found: one without parameters");
        }
    }

    /** The layers with a loss of a network that meets the requirements, without frozen wrappers. */
    public static List<Layer> outputs(Model network) {
        if (network instanceof ComputationGraph graph) {
            Map<String, GraphVertex> vertices = graph.getConfiguration().getVertices();
            return graph.getConfiguration().getNetworkOutputs().stream()
                    .map(name -> (LayerVertex) bare(Objects.requireNonNull(vertices.get(name))))
                    .map(vertex -> unfrozen(vertex.getLayerConf().getLayer()))
                    .toList();
        }
        MultiLayerNetwork layers = (MultiLayerNetwork) network;
        return List.of(unfrozen(layers.getLayerWiseConfigurations()
                .getConf(layers.getnLayers() - 1)
                .getLayer()));
    }

    private static Layer unfrozen(Layer output) {
        return output instanceof FrozenLayerWithBackprop frozen ? frozen.getUnderlying() : output;
    }

    static IllegalArgumentException neither(Model network) {
        return new IllegalArgumentException("network: must be a MultiLayerNetwork or a ComputationGraph. Found: "
                + network.getClass().getSimpleName());
    }

    private static void check(ComputationGraphConfiguration configuration) {
        configuration.getVertices().forEach((name, vertex) -> {
            if (bare(vertex) instanceof LayerVertex layer) {
                check(layer.getLayerConf().getLayer());
            } else if (bare(vertex) instanceof SameDiffVertex found) {
                throw slopeless(LayerKind.of(found) + " " + name);
            }
        });
        for (String output : configuration.getNetworkOutputs()) {
            GraphVertex vertex =
                    bare(Objects.requireNonNull(configuration.getVertices().get(output)));
            if (!(vertex instanceof LayerVertex layer)) {
                throw noLoss(LayerKind.of(vertex), output);
            }
            checkLoss(layer.getLayerConf().getLayer());
        }
    }

    private static GraphVertex bare(GraphVertex vertex) {
        return vertex instanceof FrozenVertex frozen ? bare(frozen.getUnderlying()) : vertex;
    }

    private static void check(Layer layer) {
        Layer innermost = LayerKind.innermost(layer);
        if (innermost instanceof PReLULayer && LayerKind.inner(layer) != null) {
            throw new IllegalArgumentException(
                    "network: must have no PReLU layer inside another, because DL4J writes its"
                            + " output over its input in test mode. Found: " + found(layer));
        }
        if (innermost instanceof Convolution1DLayer convolution && convolution.getRnnDataFormat() == RNNFormat.NWC) {
            throw new IllegalArgumentException("network: one-dimensional convolution must have the data format NCW,"
                    + " because with NWC DL4J reads its weights and writes their gradient in different orders."
                    + " Found: NWC in " + found(layer));
        }
        if (innermost instanceof SameDiffLayer) {
            throw slopeless(found(layer));
        }
    }

    /** Finite differences show that DL4J's gradient of such layers is twice the slope. */
    private static IllegalArgumentException slopeless(String found) {
        return new IllegalArgumentException(
                "network: must have no SameDiff layers and vertices, because the gradient that"
                        + " DL4J computes for them is not the slope of the loss. Found: " + found);
    }

    private static void checkLoss(Layer output) {
        Layer layer = unfrozen(output);
        ILossFunction loss = lossFunction(layer);
        boolean hasLoss = loss != null || layer instanceof Yolo2OutputLayer || layer instanceof SameDiffOutputLayer;
        if (!hasLoss) {
            throw noLoss(LayerKind.of(output), output.getLayerName());
        }
        if (!LOSSES.contains(layer.getClass())) {
            throw new IllegalArgumentException("network: loss must be the plain mean over examples, as in OutputLayer,"
                    + " LossLayer, RnnOutputLayer, RnnLossLayer, CnnLossLayer, Cnn3DLossLayer and Yolo2OutputLayer. Found: "
                    + found(output));
        }
        if (loss instanceof LossFMeasure) {
            throw new IllegalArgumentException(
                    "network: loss must be a sum over examples. Found: LossFMeasure in " + found(output));
        }
        if (layer instanceof RnnLossLayer rnn && rnn.getRnnDataFormat() == RNNFormat.NWC) {
            throw scoredWrongly("NCW", "NWC", output);
        }
        if (layer instanceof CnnLossLayer cnn && cnn.getFormat() == CNN2DFormat.NHWC) {
            throw scoredWrongly("NCHW", "NHWC", output);
        }
    }

    /** The loss function of an output layer; null when it has none. */
    public static @Nullable ILossFunction lossFunction(Layer layer) {
        if (layer instanceof BaseOutputLayer output) {
            return output.getLossFn();
        }
        if (layer instanceof LossLayer output) {
            return output.getLossFn();
        }
        if (layer instanceof RnnLossLayer output) {
            return output.getLossFn();
        }
        if (layer instanceof CnnLossLayer output) {
            return output.getLossFn();
        }
        return layer instanceof Cnn3DLossLayer output ? output.getLossFn() : null;
    }

    /** DL4J reads these labels in the wrong format for the score, and in the right one for the gradient. */
    private static IllegalArgumentException scoredWrongly(String format, String other, Layer layer) {
        return new IllegalArgumentException("network: loss must have the data format " + format
                + ", because DL4J's score is wrong with any other. Found: " + other + " in " + found(layer));
    }

    private static IllegalArgumentException noLoss(String kind, @Nullable String name) {
        return new IllegalArgumentException("network: must end in a layer with a loss, such as OutputLayer. Found: "
                + (name == null ? kind : kind + " " + name));
    }

    private static String found(Layer layer) {
        return layer.getLayerName() == null ? LayerKind.of(layer) : LayerKind.of(layer) + " " + layer.getLayerName();
    }
}
