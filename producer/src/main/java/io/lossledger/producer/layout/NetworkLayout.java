package io.lossledger.producer.layout;

import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.TensorManifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds the tensors of a network, a {@code MultiLayerNetwork} or a {@code ComputationGraph}, in its flat parameter
 * vector. Neurons, channels and cells are mapped where their parameters are contiguous (dense, embedding, convolution
 * and recurrent layers, batch norm, wrapped or not); all others are declared unmapped. Running statistics of batch norm
 * are not parameters of the loss and are omitted. Stateless.
 */
public final class NetworkLayout {
    private static final Set<String> RUNNING_STATISTICS = Set.of("mean", "var", "log10stdev");

    private NetworkLayout() {}

    /**
     * The layout of an initialised network, its layers in topological order.
     *
     * @throws IllegalArgumentException when the network is of another kind, two tensors have the same name, or
     *     parameters belong to no layer
     */
    public static ModelLayout of(Model network) {
        List<TensorLayout> tensors = new ArrayList<>();
        for (List<Tensor> layer : tensors(network)) {
            layer.forEach(tensor -> tensors.add(tensor.layout()));
        }
        return new ModelLayout(Math.toIntExact(network.params().length()), tensors);
    }

    /** The layout for the run's manifest. */
    public static List<LayerManifest> manifest(Model network) {
        List<LayerManifest> manifests = new ArrayList<>();
        List<PlacedLayer> layers = PlacedLayer.of(network);
        List<List<Tensor>> tensors = tensors(network);
        for (int index = 0; index < layers.size(); index++) {
            LayerManifest.Builder manifest = LayerManifest.newBuilder()
                    .setLayer(layers.get(index).name())
                    .setKind(layers.get(index).kind());
            for (Tensor tensor : tensors.get(index)) {
                add(manifest, tensor);
            }
            manifests.add(manifest.build());
        }
        return manifests;
    }

    private static void add(LayerManifest.Builder manifest, Tensor tensor) {
        TensorLayout layout = tensor.layout();
        manifest.addTensors(TensorManifest.newBuilder()
                .setTensorName(layout.name())
                .setRole(layout.role())
                .setParametersPerUnit(layout.parametersPerUnit())
                .setFirstUnit(layout.firstUnit())
                .setOffset(layout.offset())
                .addAllShape(tensor.shape()));
        if (layout.parametersPerUnit() > 0) {
            int units = layout.firstUnit() + layout.count() / layout.parametersPerUnit();
            manifest.setUnits(Math.max(manifest.getUnits(), units));
        }
    }

    /** The tensors of each layer, in the order of their parameters. */
    private static List<List<Tensor>> tensors(Model network) {
        List<List<Tensor>> tensors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        long parameters = 0;
        for (PlacedLayer layer : PlacedLayer.of(network)) {
            tensors.add(tensors(layer, tensors.size(), network.params().offset()));
            parameters += layer.parameters().values().stream()
                    .mapToLong(INDArray::length)
                    .sum();
            for (Tensor tensor : tensors.get(tensors.size() - 1)) {
                if (!names.add(tensor.layout().name())) {
                    throw new IllegalArgumentException("network: must have tensors of different names. Found: "
                            + tensor.layout().name() + " twice");
                }
            }
        }
        if (parameters != network.params().length()) {
            throw new IllegalArgumentException("network: must hold its "
                    + network.params().length() + " parameters in layers. Found: " + parameters + " there");
        }
        return tensors;
    }

    private static List<Tensor> tensors(PlacedLayer layer, int index, long origin) {
        List<Tensor> tensors = new ArrayList<>();
        for (Map.Entry<String, INDArray> entry : layer.parameters().entrySet()) {
            INDArray array = entry.getValue();
            for (TensorPart part : UnitMapping.parts(layer.layer(), entry.getKey(), array)) {
                if (RUNNING_STATISTICS.contains(part.key())) {
                    continue;
                }
                TensorLayout layout = new TensorLayout(
                        layer.prefix() + entry.getKey() + part.suffix(),
                        layer.name(),
                        index,
                        role(part.key()),
                        Math.toIntExact(array.offset() - origin) + part.from(),
                        part.count(),
                        part.parametersPerUnit(),
                        part.firstUnit());
                tensors.add(new Tensor(layout, part.shape()));
            }
        }
        tensors.sort(Comparator.comparingInt(tensor -> tensor.layout().offset()));
        return tensors;
    }

    private static ParameterRole role(String key) {
        return switch (key) {
            case "W", "RW", "pW" -> ParameterRole.PARAMETER_ROLE_WEIGHT;
            case "b", "beta" -> ParameterRole.PARAMETER_ROLE_BIAS;
            case "g", "gamma" -> ParameterRole.PARAMETER_ROLE_GAIN;
            default -> ParameterRole.PARAMETER_ROLE_OTHER;
        };
    }

    private record Tensor(TensorLayout layout, List<Integer> shape) {}
}
