package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.producer.blas.NetworkPlan.Loss;
import io.lossledger.producer.layout.LayerKind;
import io.lossledger.producer.layout.NetworkRequirements;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Describes, without DL4J, what a DL4J network computes in an evaluation. Supports the common layers exactly and
 * refuses every other layer, vertex and setting. Reads the network's configuration and the positions of its parameters.
 * Stateless.
 */
public final class PlanCompiler {
    private PlanCompiler() {}

    /**
     * @param network an initialised network that meets {@link NetworkRequirements}
     * @param example shape of one example's features: [size], or [channels, rows, columns]. A DL4J configuration does not say
     *     how many rows and columns the images have
     */
    public static PlanResult compile(Model network, long... example) {
        try {
            PlanValue input = PlanValue.input(example);
            PlanNodes nodes = new PlanNodes();
            Loss loss = network instanceof ComputationGraph graph
                    ? GraphPlanner.add(graph, input, nodes)
                    : addLayers((MultiLayerNetwork) network, input, nodes);
            if (nodes.all().isEmpty()) {
                throw new NotPlannableException("the network has nothing but a loss");
            }
            int length = Math.toIntExact(network.params().length());
            return new PlanResult.Planned(new NetworkPlan(length, input.shape(), nodes.all(), loss));
        } catch (NotPlannableException e) {
            return new PlanResult.Refused(String.valueOf(e.getMessage()));
        }
    }

    /** How reasons name the layer: kind and name, as in {@code DenseLayer fc1}. */
    static String owner(Object layerOrVertex, @Nullable String name) {
        String kind = LayerKind.of(layerOrVertex);
        return name == null ? kind : kind + " " + name;
    }

    static Map<String, INDArray> orNone(@Nullable Map<String, INDArray> parameters) {
        return parameters == null ? Map.of() : parameters;
    }

    private static Loss addLayers(MultiLayerNetwork network, PlanValue input, PlanNodes nodes) {
        MultiLayerConfiguration configuration =
                EvaluationConfiguration.of(network.getLayerWiseConfigurations(), DataType.DOUBLE);
        PlanLayers layers = new PlanLayers(nodes);
        PlanValue value = input;
        int last = network.getnLayers() - 1;
        for (int index = 0; ; index++) {
            Layer layer = configuration.getConf(index).getLayer();
            Layer users = network.getLayerWiseConfigurations().getConf(index).getLayer();
            ParameterViews parameters = new ParameterViews(
                    owner(users, users.getLayerName()),
                    orNone(network.getLayer(index).paramTable()),
                    network.params().offset());
            value = PlanPreprocessor.apply(configuration.getInputPreProcess(index), parameters.owner(), value);
            if (index == last) {
                return PlanOutput.add(layer, parameters, value, nodes);
            }
            value = layers.add(layer, parameters, value);
        }
    }
}
