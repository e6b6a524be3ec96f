package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.plan.PlanCompiler;
import io.lossledger.producer.plan.PlanResult;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class EvaluatorSelectionTest {
    private static final ElementType TYPE = ElementType.ELEMENT_TYPE_FLOAT64;

    private final Model network = TestNetworks.convolution(DataType.FLOAT);
    private final Batch data = Batch.of(TestNetworks.data(20, 1), DataType.DOUBLE);
    private final List<FaultyEvaluator> made = new ArrayList<>();
    private PlanEvaluators fast = evaluators(1, 1);

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "BLAS"})
    void takesTheFastEvaluatorOfANetworkWithAPlan(EvaluatorChoice choice) {
        assertThat(choose(choice, true)).isEqualTo("faulty");
        // The other was needed for finite differences.
        assertThat(made).hasSize(2);
        assertThat(made.get(0).closed).isFalse();
        assertThat(made.get(1).closed).isTrue();
    }

    /** Compared at float64's tolerance with DL4J, over data of which the check takes a part. */
    @Test
    void takesTheEngine() {
        fast = BlasEvaluator::of;
        Batch many = Batch.of(TestNetworks.data(80, 1), DataType.DOUBLE);

        assertThat(choose(network, many, EvaluatorChoice.BLAS, true)).isEqualTo("blas");
    }

    /** With batch norm, chunks are part of the loss. */
    @Test
    void evaluatesChunksAsTheLayersDo() {
        FlatVector parameters = FlatVector.of(FlatArrays.toDoubles(network.params()));
        try (GradientEvaluator blas = BlasEvaluator.of(PlanAgreement.plan(network, data.features()[0]), 2, TYPE);
                GradientEvaluator layers = new LayerEvaluator(network, 2, TYPE);
                PreparedData chunks = layers.prepare(data, 7);
                PreparedData packed = blas.prepare(data, 7)) {
            assertThat(chunks.chunkExamples()).isEqualTo(7);
            assertThat(packed.chunkExamples()).isEqualTo(7);
            assertThat(blas.evaluate(packed, parameters).loss())
                    .isCloseTo(layers.evaluate(chunks, parameters).loss(), within(1e-12));
        }
    }

    @Test
    void takesTheLayersWhenTheyAreChosen() {
        assertThat(choose(EvaluatorChoice.DL4J, true)).isEqualTo("dl4j");
        assertThat(made).isEmpty();
    }

    @Test
    void takesTheLayersOfANetworkWithoutAPlan() {
        NetworkCase lstm = lstm();
        Batch sequences = Batch.of(lstm.data(), DataType.DOUBLE);

        assertThat(choose(lstm.network(), sequences, EvaluatorChoice.AUTO, true))
                .isEqualTo("dl4j");
        assertThatThrownBy(() -> choose(lstm.network(), sequences, EvaluatorChoice.BLAS, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("evaluator: must be dl4j or auto for this network, because LSTM layer0 is unknown."
                        + " Found: blas");
    }

    @Test
    void takesTheLayersWhereTheLibraryCannotBeLoaded() {
        fast = (plan, threads, type) -> {
            throw new UnsatisfiedLinkError("no openblas");
        };

        assertThat(choose(EvaluatorChoice.AUTO, true)).isEqualTo("dl4j");
        assertThatThrownBy(() -> choose(EvaluatorChoice.BLAS, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("evaluator: must be dl4j or auto for this network, because the BLAS library cannot be"
                        + " loaded: java.lang.UnsatisfiedLinkError: no openblas. Found: blas");
    }

    @Test
    void takesTheLayersWhenTheOtherDisagrees() {
        fast = evaluators(1, 1.5);

        assertThat(choose(EvaluatorChoice.AUTO, true)).isEqualTo("dl4j");
        assertThatThrownBy(() -> choose(EvaluatorChoice.BLAS, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("evaluator: must agree with DL4J's layers. Found: faulty, off by ")
                .hasMessageEndingWith(", of which 1e-06 are allowed");
        assertThat(made).hasSize(2).allMatch(evaluator -> evaluator.closed);
    }

    /** One bias of ten percent too much is little beside the whole gradient. */
    @ParameterizedTest
    @EnumSource(names = {"ELEMENT_TYPE_FLOAT32", "ELEMENT_TYPE_FLOAT64"})
    void findsOneWrongTensor(ElementType type) {
        for (TensorLayout tensor : NetworkLayout.of(network).tensors()) {
            fast = (plan, threads, precision) -> new FaultyEvaluator(network, precision, 1, 1.1, tensor);

            assertThatThrownBy(() ->
                            new EvaluatorSelection(network, 1, type, EvaluatorChoice.BLAS, true, fast).choose(data))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(" of the gradient of " + tensor.name() + ", of which ");
        }
    }

    @Test
    void takesTheLayersForDataWithMasks() {
        Batch masked =
                Batch.of(new DataSet(data.features()[0], data.labels()[0], null, Nd4j.ones(20, 1)), DataType.DOUBLE);

        assertThat(choose(network, masked, EvaluatorChoice.AUTO, true)).isEqualTo("dl4j");
        assertThatThrownBy(() -> choose(network, masked, EvaluatorChoice.BLAS, true))
                .hasMessage(
                        "evaluator: must be dl4j or auto for this network, because the data have mask arrays. Found: blas");
    }

    @Test
    void takesTheLayersWhenTheOtherCannotEvaluate() {
        fast = (plan, threads, type) -> {
            FaultyEvaluator evaluator = faulty(1, 1);
            evaluator.close();
            return evaluator;
        };

        assertThat(choose(EvaluatorChoice.AUTO, true)).isEqualTo("dl4j");
        assertThatThrownBy(() -> choose(EvaluatorChoice.BLAS, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("evaluator: must agree with DL4J's layers. Found: faulty, ")
                .hasCauseInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "BLAS"})
    void trustsTheOtherWhenItIsNotVerified(EvaluatorChoice choice) {
        fast = evaluators(7, 7);

        assertThat(choose(choice, false)).isEqualTo("faulty");
    }

    /** Another size would be another loss. */
    @Test
    void refusesChunksOfBatchNormThatDoNotFitInMemory() {
        int side = 300;
        MultiLayerNetwork wide = KindNetworks.network(
                InputType.convolutional(side, side, 1),
                new ConvolutionLayer.Builder(3, 3).nOut(32).build(),
                new BatchNormalization.Builder().build(),
                new GlobalPoolingLayer.Builder(PoolingType.AVG).build(),
                KindNetworks.output());
        NetworkPlan plan = ((PlanResult.Planned) PlanCompiler.compile(wide, 1, side, side)).plan();
        int examples = 500;
        Batch many = Batch.of(
                new DataSet(Nd4j.zeros(examples, 1, side, side), KindNetworks.labels(examples, 2)), DataType.FLOAT);
        try (GradientEvaluator evaluator = BlasEvaluator.of(plan, 1, ElementType.ELEMENT_TYPE_FLOAT32)) {
            assertThatThrownBy(() -> evaluator.prepare(many, examples))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(
                            "chunk-examples: must fit in half of the heap, because batch norm takes its statistics over"
                                    + " that many examples\\. Give Java more memory \\(-Xmx\\), or set chunk-examples to \\d+ or less\\."
                                    + " Found: 500");
        }
    }

    private static NetworkCase lstm() {
        return KindSequences.all().stream()
                .filter(kind -> kind.name().equals("lstm"))
                .findFirst()
                .orElseThrow();
    }

    private PlanEvaluators evaluators(double lossFactor, double gradientFactor) {
        return (plan, threads, type) -> faulty(lossFactor, gradientFactor);
    }

    private FaultyEvaluator faulty(double lossFactor, double gradientFactor) {
        FaultyEvaluator evaluator = new FaultyEvaluator(network, TYPE, lossFactor, gradientFactor);
        made.add(evaluator);
        return evaluator;
    }

    private String choose(EvaluatorChoice choice, boolean verify) {
        return choose(network, data, choice, verify);
    }

    private String choose(Model model, Batch batch, EvaluatorChoice choice, boolean verify) {
        GradientEvaluator chosen = new EvaluatorSelection(model, 1, TYPE, choice, verify, fast).choose(batch);
        if (!(chosen instanceof FaultyEvaluator)) { // of those, tests see who has closed them
            chosen.close();
        }
        return chosen.name();
    }
}
