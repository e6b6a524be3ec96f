package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.evaluate.KindNetworks;
import io.lossledger.producer.evaluate.NetworkCase;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class FrozenLayersTest {
    /** Without those that DL4J cannot train: it fails to propagate through a batch norm that is frozen with backprop. */
    static Stream<NetworkCase> trainable() {
        return KindNetworks.frozen().stream()
                .filter(kind -> !kind.name().matches("frozen (norm with backprop|locked norm)"));
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void hasTheLossThatTrainingSees(NetworkCase kind) {
        MultiLayerNetwork network = (MultiLayerNetwork) kind.network();
        network.setInput(kind.data().getFeatures(0).dup());
        network.setLabels(kind.data().getLabels(0));
        network.computeGradientAndScore();

        assertThat(evaluate(kind).loss()).isCloseTo(network.score(), within(1e-14));
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void allocatesNothingToWhatIsFrozen(NetworkCase kind) {
        MultiLayerNetwork network = (MultiLayerNetwork) kind.network();
        double[] before = FlatArrays.toDoubles(network.params());
        FlatVector gradient = evaluate(kind).gradient();
        network.fit(kind.data().getFeatures(0), kind.data().getLabels(0));
        double[] after = FlatArrays.toDoubles(network.params());

        List<LayerManifest> layers = NetworkLayout.manifest(network);
        List<TensorLayout> frozen = NetworkLayout.of(network).tensors().stream()
                .filter(tensor -> layers.get(tensor.layerIndex())
                        .getKind()
                        .matches("FrozenLayer\\(.*|Frozen.*\\(BatchNormalization\\)"))
                .toList();
        assertThat(frozen.isEmpty())
                .isEqualTo(List.of("frozen activation", "frozen with backprop").contains(kind.name()));
        for (TensorLayout tensor : frozen) {
            for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                assertThat(after[i]).isEqualTo(before[i]);
                assertThat(gradient.get(i)).isZero();
            }
        }
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void aFrozenBatchNormUsesRunningStatistics() {
        NetworkCase kind = KindNetworks.frozen().stream()
                .filter(frozen -> frozen.name().equals("frozen norm"))
                .findFirst()
                .orElseThrow();
        double before = evaluate(kind).loss();
        INDArray mean = ((MultiLayerNetwork) kind.network()).getLayer(1).getParam("mean");
        mean.addi(0.5);

        assertThat(evaluate(kind).loss()).isNotCloseTo(before, within(1e-3));
    }

    @Test
    void namesWhatALayerWraps() {
        List<String> kinds = NetworkLayout.manifest(KindNetworks.frozen().get(0).network()).stream()
                .map(LayerManifest::getKind)
                .toList();

        assertThat(kinds).containsExactly("DenseLayer", "FrozenLayer(DenseLayer)", "OutputLayer");
    }

    private static Evaluation evaluate(NetworkCase kind) {
        try (EvaluationPool pool = new EvaluationPool(kind.network(), 1, ElementType.ELEMENT_TYPE_FLOAT64)) {
            Objective objective = pool.objective("train", 1, kind.data(), KindNetworks.EXAMPLES);
            return objective.evaluate(
                    FlatVector.of(FlatArrays.toDoubles(kind.network().params())));
        }
    }
}
