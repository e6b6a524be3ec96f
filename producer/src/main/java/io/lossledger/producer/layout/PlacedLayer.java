package io.lossledger.producer.layout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer and its place in the network.
 *
 * @param name its name in the ledger, unique in the network
 * @param prefix prefix of its tensors' names
 * @param kind its kind, such as {@code FrozenLayer(DenseLayer)}
 * @param layer its configuration
 * @param frozen whether training leaves its parameters unchanged
 * @param parameters its parameters under DL4J's keys: views of the flat parameters
 */
public record PlacedLayer(
        String name, String prefix, String kind, Layer layer, boolean frozen, Map<String, INDArray> parameters) {

    /** The layers of an initialised network, in topological order. */
    public static List<PlacedLayer> of(Model network) {
        if (network instanceof MultiLayerNetwork layers) {
            return of(layers);
        }
        if (network instanceof ComputationGraph graph) {
            return of(graph);
        }
        throw NetworkRequirements.neither(network);
    }

    private static List<PlacedLayer> of(MultiLayerNetwork network) {
        int count = network.getnLayers();
        List<Layer> layers = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            // The layer's own configuration would be that of the layer it wraps.
            layers.add(network.getLayerWiseConfigurations().getConf(index).getLayer());
        }
        List<String> names = names(layers);
        List<PlacedLayer> placed = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            Layer layer = layers.get(index);
            placed.add(new PlacedLayer(
                    names.get(index),
                    index + "_",
                    LayerKind.of(layer),
                    layer,
                    LayerKind.isFrozen(layer),
                    orNone(network.getLayer(index).paramTable())));
        }
        return placed;
    }

    private static List<PlacedLayer> of(ComputationGraph graph) {
        ComputationGraphConfiguration configuration = graph.getConfiguration();
        List<PlacedLayer> placed = new ArrayList<>();
        for (int position : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[position];
            String name = vertex.getVertexName();
            var configured = configuration.getVertices().get(name);
            boolean frozen = configured instanceof FrozenVertex;
            while (configured instanceof FrozenVertex outer) {
                configured = outer.getUnderlying();
            }
            if (configured instanceof LayerVertex layerVertex) {
                Layer layer = layerVertex.getLayerConf().getLayer();
                placed.add(new PlacedLayer(
                        name,
                        name + "_",
                        LayerKind.of(layer),
                        layer,
                        frozen || LayerKind.isFrozen(layer),
                        orNone(vertex.paramTable(false))));
            }
        }
        return placed;
    }

    private static Map<String, INDArray> orNone(@Nullable Map<String, INDArray> parameters) {
        return parameters == null ? Map.of() : parameters;
    }

    /**
     * The user's names for the layers, or their positions and kinds; padded so that names sort in layer order.
     * Duplicate or empty names get their position too.
     */
    private static List<String> names(List<Layer> layers) {
        List<String> placed = new ArrayList<>();
        List<@Nullable String> given = layers.stream().map(Layer::getLayerName).toList();
        int digits = Integer.toString(layers.size() - 1).length();
        for (int index = 0; index < layers.size(); index++) {
            String name = given.get(index);
            if (name == null || name.isEmpty()) {
                name = LayerKind.innermost(layers.get(index))
                        .getClass()
                        .getSimpleName()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("layer$", "");
            }
            placed.add(String.format(Locale.ROOT, "%0" + digits + "d_%s", index, name));
        }
        List<String> names = new ArrayList<>();
        for (int index = 0; index < layers.size(); index++) {
            String name = given.get(index);
            boolean alone = name != null
                    && !name.isEmpty()
                    && Collections.frequency(given, name) == 1
                    && !placed.contains(name);
            names.add(alone ? name : placed.get(index));
        }
        return names;
    }
}
