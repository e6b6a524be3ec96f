package io.lossledger.producer.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.evaluate.KindGraphs;
import io.lossledger.producer.evaluate.KindNetworks;
import io.lossledger.producer.evaluate.NetworkCase;
import io.lossledger.producer.step.TensorLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Moves the parameters that are mapped to a unit and looks which activations of the layer move. */
class UnitMappingTest {
    static Stream<NetworkCase> kinds() {
        return Stream.concat(KindNetworks.all().stream(), KindGraphs.all().stream())
                // A last step has been through all cells; that its layer is mapped like the one inside is tested below.
                .filter(kind -> !kind.name().startsWith("last"))
                .filter(kind -> !kind.name().endsWith("channels last"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aUnitIsWhatItsParametersMove(NetworkCase kind) {
        INDArray parameters = kind.network().params();
        for (TensorLayout tensor : NetworkLayout.of(kind.network()).tensors()) {
            if (tensor.parametersPerUnit() == 0 || mixesUnits(kind, tensor)) {
                continue;
            }
            INDArray before = activations(kind, tensor).dup();
            int units = tensor.count() / tensor.parametersPerUnit();
            for (int unit = 0; unit < units; unit++) {
                int from = tensor.offset() + unit * tensor.parametersPerUnit();
                INDArray saved = parameters.dup();
                for (int i = from; i < from + tensor.parametersPerUnit(); i++) {
                    parameters.putScalar(i, parameters.getDouble(i) + 0.1);
                }
                List<Integer> moved = moved(before, activations(kind, tensor), tensor.name());
                parameters.assign(saved);
                // In sums of both directions, forward and backward cells share the outputs.
                int outputs = Math.toIntExact(before.size(1));
                assertThat(moved)
                        .as("%s, unit %d", tensor.name(), unit)
                        .containsExactly((tensor.firstUnit() + unit) % outputs);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void leavesUnmappedWhatIsLaidOutOtherwise(NetworkCase kind) {
        List<String> unmapped = NetworkLayout.of(kind.network()).tensors().stream()
                .filter(tensor -> tensor.parametersPerUnit() == 0)
                .map(TensorLayout::name)
                .toList();

        assertThat(unmapped)
                .isEqualTo(
                        switch (kind.name()) {
                            case "convolution 1d",
                                    "deconvolution",
                                    "depthwise convolution",
                                    "separable convolution",
                                    "prelu of channels" -> List.of("0_W");
                            default -> List.of();
                        });
    }

    @Test
    void mapsAWrappedLayerLikeTheLayer() {
        InputType input = InputType.recurrent(2, 2);
        var inside = NetworkLayout.of(KindNetworks.network(input, KindNetworks.lstm(3), KindNetworks.rnnOutput()))
                .tensors();
        var wrapped = NetworkLayout.of(KindNetworks.network(
                        input, new FrozenLayer(new LastTimeStep(KindNetworks.lstm(3))), KindNetworks.output()))
                .tensors();

        assertThat(wrapped.subList(0, 12)).isEqualTo(inside.subList(0, 12));
        assertThat(inside)
                .extracting(TensorLayout::name)
                .startsWith("0_W.i", "0_W.f", "0_W.o", "0_W.g", "0_RW.i", "0_RW.f", "0_RW.o", "0_RW.g", "0_b.i");
    }

    /** Softmax and layer norm make every output depend on every unit. */
    private static boolean mixesUnits(NetworkCase kind, TensorLayout tensor) {
        boolean weight = tensor.name().endsWith("_W");
        var layer = layer(kind, tensor).conf().getLayer();
        return (layer instanceof BaseLayer base && base.getActivationFn() instanceof ActivationSoftmax)
                || (weight && kind.name().equals("dense with layer norm"));
    }

    private static Layer layer(NetworkCase kind, TensorLayout tensor) {
        return kind.network() instanceof ComputationGraph graph
                ? graph.getLayer(tensor.layer())
                : ((MultiLayerNetwork) kind.network()).getLayer(tensor.layerIndex());
    }

    private static INDArray activations(NetworkCase kind, TensorLayout tensor) {
        return kind.network() instanceof ComputationGraph graph
                ? Objects.requireNonNull(
                        graph.feedForward(kind.data().getFeatures(), false).get(tensor.layer()))
                : ((MultiLayerNetwork) kind.network())
                        .feedForward(kind.data().getFeatures(0).dup(), false)
                        .get(tensor.layerIndex() + 1);
    }

    /** Outputs that move; in a sequence, at the first step at which any does, before cells move each other. */
    private static List<Integer> moved(INDArray before, INDArray after, String tensor) {
        INDArray distance = before.sub(after);
        if (distance.rank() != 3) {
            return movedAnywhere(distance);
        }
        boolean backward = tensor.matches("0_b(W|RW|b)(\\..*)?|0_(W|RW|b)B(\\..*)?");
        int steps = Math.toIntExact(distance.size(2));
        for (int step = 0; step < steps; step++) {
            int time = backward ? steps - 1 - step : step;
            List<Integer> moved = movedAnywhere(distance.tensorAlongDimension(time, 0, 1));
            if (!moved.isEmpty()) {
                return moved;
            }
        }
        return List.of();
    }

    private static List<Integer> movedAnywhere(INDArray distance) {
        List<Integer> moved = new ArrayList<>();
        for (int output = 0; output < distance.size(1); output++) {
            double most = distance.tensorAlongDimension(output, otherAxes(distance.rank()))
                    .amaxNumber()
                    .doubleValue();
            if (most > 1e-13) {
                moved.add(output);
            }
        }
        return moved;
    }

    private static int[] otherAxes(int rank) {
        return IntStream.range(0, rank).filter(axis -> axis != 1).toArray();
    }
}
