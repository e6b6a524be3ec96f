package io.lossledger.producer.dl4j;

import io.lossledger.producer.ModelLayout;
import io.lossledger.producer.TensorLayout;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.TensorManifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds the tensors of a network in its flat parameter vector. Dense and output weights [in, out] lie in column order and
 * convolution weights [out, in, height, width] in row order, so that a unit's weights are contiguous in both. What is laid
 * out otherwise is declared unmapped. Running statistics of batch norm are no parameters of the loss and are left out.
 * Stateless.
 */
public final class NetworkLayout {
    private static final Set<String> RUNNING_STATISTICS = Set.of("mean", "var", "log10stdev");
    private static final Set<String> ONE_PER_UNIT = Set.of("b", "beta", "gamma", "g");

    private NetworkLayout() {}

    /**
     * The layout of an initialised network, a {@code MultiLayerNetwork} or a {@code ComputationGraph}; its layers in
     * topological order.
     */
    public static ModelLayout of(Model network) {
        List<TensorLayout> tensors = new ArrayList<>();
        List<Placed> layers = layers(network);
        for (int index = 0; index < layers.size(); index++) {
            tensors.addAll(tensors(layers.get(index), index));
        }
        return new ModelLayout(Math.toIntExact(network.numParams()), tensors);
    }

    /** The same for the run's manifest. */
    public static List<LayerManifest> manifest(Model network) {
        ModelLayout layout = of(network);
        List<LayerManifest> manifests = new ArrayList<>();
        List<Placed> layers = layers(network);
        for (int index = 0; index < layers.size(); index++) {
            Placed placed = layers.get(index);
            LayerManifest.Builder manifest = LayerManifest.newBuilder()
                    .setLayer(placed.name())
                    .setKind(placed.layer().conf().getLayer().getClass().getSimpleName());
            int position = index;
            layout.tensors().stream()
                    .filter(tensor -> tensor.layerIndex() == position)
                    .forEach(tensor -> add(manifest, tensor, placed));
            manifests.add(manifest.build());
        }
        return manifests;
    }

    private static List<Placed> layers(Model network) {
        List<Placed> placed = new ArrayList<>();
        if (network instanceof MultiLayerNetwork layers) {
            for (Layer layer : layers.getLayers()) {
                int index = placed.size();
                placed.add(new Placed(index + "_", name(layer, index, layers.getnLayers()), layer));
            }
        } else if (network instanceof ComputationGraph graph) {
            for (int position : graph.topologicalSortOrder()) {
                GraphVertex vertex = graph.getVertices()[position];
                if (vertex.hasLayer()) {
                    placed.add(new Placed(vertex.getVertexName() + "_", vertex.getVertexName(), vertex.getLayer()));
                }
            }
        } else {
            throw EvaluationNetwork.neither(network);
        }
        return placed;
    }

    private static void add(LayerManifest.Builder manifest, TensorLayout tensor, Placed placed) {
        INDArray array =
                placed.layer().getParam(tensor.name().substring(placed.prefix().length()));
        TensorManifest.Builder entry = TensorManifest.newBuilder()
                .setTensorName(tensor.name())
                .setRole(tensor.role())
                .setParametersPerUnit(tensor.parametersPerUnit())
                .setFirstUnit(tensor.firstUnit());
        for (long size : array.shape()) {
            entry.addShape((int) size);
        }
        manifest.addTensors(entry);
        if (tensor.parametersPerUnit() > 0) {
            manifest.setUnits(Math.max(manifest.getUnits(), tensor.count() / tensor.parametersPerUnit()));
        }
    }

    private static List<TensorLayout> tensors(Placed placed, int index) {
        Layer layer = placed.layer();
        List<TensorLayout> tensors = new ArrayList<>();
        for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
            String key = entry.getKey();
            INDArray view = entry.getValue();
            if (RUNNING_STATISTICS.contains(key)) {
                continue;
            }
            tensors.add(new TensorLayout(
                    placed.prefix() + key,
                    placed.name(),
                    index,
                    role(key),
                    Math.toIntExact(view.offset()),
                    Math.toIntExact(view.length()),
                    parametersPerUnit(layer, key, view),
                    0));
        }
        tensors.sort(Comparator.comparingInt(TensorLayout::offset));
        return tensors;
    }

    private static int parametersPerUnit(Layer layer, String key, INDArray view) {
        var kind = layer.conf().getLayer();
        boolean dense = kind instanceof DenseLayer || kind instanceof BaseOutputLayer;
        if (ONE_PER_UNIT.contains(key)) {
            return 1;
        }
        if (key.equals("W") && dense && view.rank() == 2 && view.ordering() == 'f') {
            return Math.toIntExact(view.size(0));
        }
        if (key.equals("W") && kind.getClass() == ConvolutionLayer.class && view.ordering() == 'c') {
            return Math.toIntExact(view.length() / view.size(0));
        }
        return 0;
    }

    private static ParameterRole role(String key) {
        return switch (key) {
            case "W", "RW" -> ParameterRole.PARAMETER_ROLE_WEIGHT;
            case "b", "beta" -> ParameterRole.PARAMETER_ROLE_BIAS;
            case "g", "gamma" -> ParameterRole.PARAMETER_ROLE_GAIN;
            default -> ParameterRole.PARAMETER_ROLE_OTHER;
        };
    }

    /** The user's name for the layer, or its position and kind; padded so that names sort in layer order. */
    private static String name(Layer layer, int index, int layers) {
        String given = layer.conf().getLayer().getLayerName();
        if (given != null) {
            return given;
        }
        String kind = layer.conf().getLayer().getClass().getSimpleName().toLowerCase(Locale.ROOT);
        int digits = Integer.toString(layers - 1).length();
        return String.format("%0" + digits + "d_%s", index, kind.replaceAll("layer$", ""));
    }

    /**
     * A layer in its network.
     *
     * @param prefix what the names of its tensors begin with
     * @param name its name in the ledger
     */
    private record Placed(String prefix, String name, Layer layer) {}
}
