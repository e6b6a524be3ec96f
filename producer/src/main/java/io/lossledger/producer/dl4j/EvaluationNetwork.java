package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A network that computes the data loss alone: like the user's, but without dropout, weight noise, constraints and L1, L2
 * or weight decay, in the precision asked for. Batch norm stays in batch-statistics mode. To be used by one thread at a
 * time.
 */
final class EvaluationNetwork {
    private final Model model;

    private EvaluationNetwork(Model model) {
        this.model = model;
    }

    /** @throws IllegalArgumentException when the network is none that can be evaluated, naming what stands in the way */
    static void check(Model network) {
        if (network instanceof MultiLayerNetwork layers) {
            requireLoss(layers.getOutputLayer());
        } else if (network instanceof ComputationGraph graph) {
            for (int i = 0; i < graph.getNumOutputArrays(); i++) {
                requireLoss(graph.getOutputLayer(i));
            }
        } else {
            throw neither(network);
        }
    }

    static IllegalArgumentException neither(Model network) {
        return new IllegalArgumentException("network: must be a MultiLayerNetwork or a ComputationGraph. Found: "
                + network.getClass().getSimpleName());
    }

    /** Copies a network that was {@linkplain #check checked}. Seeds the random generator of the thread. */
    static EvaluationNetwork of(Model network, DataType precision) {
        if (network instanceof MultiLayerNetwork layers) {
            MultiLayerConfiguration configuration =
                    layers.getLayerWiseConfigurations().clone();
            configuration.setDataType(precision);
            configuration.setBackpropType(BackpropType.Standard); // truncated, it carries state to the next chunk
            configuration.getConfs().forEach(part -> strip(part, precision));
            MultiLayerNetwork copy = new MultiLayerNetwork(configuration);
            copy.init();
            return new EvaluationNetwork(copy);
        }
        ComputationGraphConfiguration configuration =
                ((ComputationGraph) network).getConfiguration().clone();
        configuration.setDataType(precision);
        configuration.setBackpropType(BackpropType.Standard);
        for (GraphVertex vertex : configuration.getVertices().values()) {
            vertex.setDataType(precision);
            if (vertex instanceof LayerVertex layer) {
                strip(layer.getLayerConf(), precision);
            }
        }
        ComputationGraph copy = new ComputationGraph(configuration);
        copy.init();
        return new EvaluationNetwork(copy);
    }

    void setParameters(FlatVector parameters) {
        model.setParams(FlatArrays.toArray(parameters));
    }

    /** Adds the gradient, summed over the examples, and returns the loss, summed likewise. */
    double addTo(double[] gradient, Batch batch) {
        if (model instanceof MultiLayerNetwork layers) {
            layers.setInput(batch.features()[0]);
            layers.setLabels(batch.labels()[0]);
            layers.computeGradientAndScore();
        } else {
            ComputationGraph graph = (ComputationGraph) model;
            graph.setInputs(batch.features());
            graph.setLabels(batch.labels());
            graph.computeGradientAndScore();
        }
        // DL4J's score is the mean over the batch, its gradient the sum.
        double loss = model.score() * batch.examples();
        FlatArrays.addTo(gradient, model.getGradientsViewArray());
        model.clear();
        return loss;
    }

    private static void requireLoss(org.deeplearning4j.nn.api.Layer output) {
        if (!(output instanceof IOutputLayer)) {
            throw new IllegalArgumentException("network: must end in a layer with a loss, such as OutputLayer. Found: "
                    + output.getClass().getSimpleName());
        }
    }

    private static void strip(NeuralNetConfiguration part, DataType precision) {
        part.setDataType(precision);
        part.setMiniBatch(true); // the score is then the mean, whatever the user's training divides by
        strip(part.getLayer(), precision);
    }

    /** @throws IllegalArgumentException when the layer wraps another, whose settings cannot be reached */
    private static void strip(Layer layer, DataType precision) {
        boolean wraps =
                layer instanceof BaseWrapperLayer || layer instanceof Bidirectional || layer instanceof FrozenLayer;
        if (wraps) {
            throw new IllegalArgumentException("network: must have no layers that wrap others. Found: "
                    + layer.getClass().getSimpleName());
        }
        layer.setDataType(precision);
        layer.setIDropout(null);
        layer.setConstraints(null);
        if (layer instanceof BaseLayer base) {
            base.setWeightNoise(null);
            base.setRegularization(List.of());
            base.setRegularizationBias(List.of());
        }
    }
}
