package io.lossledger.producer.dl4j;

import java.util.ArrayList;
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
 * A layer in its network.
 *
 * @param name its name in the ledger
 * @param prefix what the names of its tensors begin with
 * @param kind what it is, such as {@code FrozenLayer(DenseLayer)}
 * @param layer its configuration
 * @param parameters its parameters by DL4J's keys: views of the flat parameters
 */
record PlacedLayer(String name, String prefix, String kind, Layer layer, Map<String, INDArray> parameters) {

    /** The layers of an initialised network, in topological order. */
    static List<PlacedLayer> of(Model network) {
        if (network instanceof MultiLayerNetwork layers) {
            return of(layers);
        }
        if (network instanceof ComputationGraph graph) {
            return of(graph);
        }
        throw NetworkRequirements.neither(network);
    }

    private static List<PlacedLayer> of(MultiLayerNetwork network) {
        List<PlacedLayer> placed = new ArrayList<>();
        int count = network.getnLayers();
        for (int index = 0; index < count; index++) {
            // The layer's own configuration would be that of the layer it wraps.
            Layer layer = network.getLayerWiseConfigurations().getConf(index).getLayer();
            placed.add(new PlacedLayer(
                    name(layer, index, count),
                    index + "_",
                    LayerKind.of(layer),
                    layer,
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
            while (configured instanceof FrozenVertex frozen) {
                configured = frozen.getUnderlying();
            }
            if (configured instanceof LayerVertex layerVertex) {
                Layer layer = layerVertex.getLayerConf().getLayer();
                placed.add(new PlacedLayer(
                        name, name + "_", LayerKind.of(layer), layer, orNone(vertex.paramTable(false))));
            }
        }
        return placed;
    }

    private static Map<String, INDArray> orNone(@Nullable Map<String, INDArray> parameters) {
        return parameters == null ? Map.of() : parameters;
    }

    /** The user's name for the layer, or its position and kind; padded so that names sort in layer order. */
    private static String name(Layer layer, int index, int layers) {
        String given = layer.getLayerName();
        if (given != null) {
            return given;
        }
        String kind = LayerKind.innermost(layer).getClass().getSimpleName().toLowerCase(Locale.ROOT);
        int digits = Integer.toString(layers - 1).length();
        return String.format("%0" + digits + "d_%s", index, kind.replaceAll("layer$", ""));
    }
}
