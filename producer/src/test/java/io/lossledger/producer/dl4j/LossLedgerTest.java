package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.evaluate.KindNetworks;
import io.lossledger.producer.evaluate.SampleSource;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient.Nodes;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.v1.ElementType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;

class LossLedgerTest {
    private static final int STEPS = 5;

    private final List<StepUpdate> measured = new CopyOnWriteArrayList<>();
    private int every = 1;

    @Test
    void leavesTheTrainingOfADenseNetworkBitIdentical() {
        MultiLayerNetwork alone = TestNetworks.dense(DataType.FLOAT, 0.01, 0.8);
        Nd4j.rand(1, 3);
        train(alone);
        // Dropout draws from the generator that making a network seeds: making the objective must leave it alone.
        MultiLayerNetwork watched = TestNetworks.dense(DataType.FLOAT, 0.01, 0.8);
        Nd4j.rand(1, 3);
        watch(watched, ElementType.ELEMENT_TYPE_FLOAT32);

        assertThat(watched.params().toFloatVector()).isEqualTo(alone.params().toFloatVector());
    }

    /** DL4J's own copy of a configuration shares what wrappers hold with the network in training. */
    @Test
    void leavesWrappedLayersUnchanged() {
        MultiLayerNetwork alone = TestNetworks.wrapped();
        MultiLayerNetwork watched = TestNetworks.wrapped();
        String configuration = watched.getLayerWiseConfigurations().toJson();
        DataSet data = new DataSet(
                Nd4j.rand(DataType.FLOAT, 4, 3, 5), TestNetworks.data(4, 1).getLabels());
        trainTenSteps(alone, data);
        try (LossLedger ledger = LossLedger.to("nowhere:1")
                .train(data)
                .attach(watched, run -> TestPublishers.intoTheVoid(run.layout()))) {
            assertThat(watched.getLayerWiseConfigurations().toJson()).isEqualTo(configuration);
            trainTenSteps(watched, data);
            ledger.finish();
        }

        assertThat(watched.params().toFloatVector()).isEqualTo(alone.params().toFloatVector());
    }

    @Test
    void leavesTheTrainingOfAConvolutionNetworkBitIdentical() {
        MultiLayerNetwork alone = TestNetworks.convolution(DataType.FLOAT);
        MultiLayerNetwork watched = TestNetworks.convolution(DataType.FLOAT);
        train(alone);
        watch(watched, ElementType.ELEMENT_TYPE_FLOAT64);

        assertThat(watched.params().toFloatVector()).isEqualTo(alone.params().toFloatVector());
    }

    @Test
    void measuresEveryStepAndTheLastOneAtTheEnd() {
        PublishReport report = watch(TestNetworks.convolution(DataType.FLOAT), ElementType.ELEMENT_TYPE_FLOAT64);

        assertThat(report.steps()).isEqualTo(STEPS);
        assertThat(measured).extracting(StepUpdate::step).containsExactly(0, 1, 2, 3, 4);
        for (StepUpdate step : measured) {
            ObjectiveStep objective = step.objectives().get(0);
            assertThat(allocated(step)).isCloseTo(objective.lossEnd() - objective.lossStart(), within(1e-3));
            assertThat(step.facts().getExamples()).isEqualTo(20);
            assertThat(step.facts().getLearningRate()).isEqualTo(0.02);
        }
    }

    @Test
    void chainsStepsWithoutAGap() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        double[] before = FlatArrays.toDoubles(network.params());
        watch(network, ElementType.ELEMENT_TYPE_FLOAT64);
        double[] after = FlatArrays.toDoubles(network.params());

        for (int i = 0; i < before.length; i++) {
            double moved = before[i];
            for (StepUpdate step : measured) {
                moved += step.delta().get(i);
            }
            assertThat(moved).isCloseTo(after[i], within(1e-12));
        }
        for (int i = 1; i < STEPS; i++) {
            assertThat(measured.get(i).objectives().get(0).lossStart())
                    .isEqualTo(measured.get(i - 1).objectives().get(0).lossEnd());
        }
    }

    @Test
    void measuresTheChordOverSeveralSteps() {
        every = 2;
        PublishReport report = watch(TestNetworks.convolution(DataType.FLOAT), ElementType.ELEMENT_TYPE_FLOAT64);

        assertThat(report.steps()).isEqualTo(3);
        assertThat(measured).extracting(StepUpdate::step).containsExactly(1, 3, 4);
        assertThat(measured).extracting(StepUpdate::stepsCovered).containsExactly(2, 2, 1);
        for (StepUpdate step : measured) {
            ObjectiveStep objective = step.objectives().get(0);
            assertThat(allocated(step)).isCloseTo(objective.lossEnd() - objective.lossStart(), within(5e-3));
        }
    }

    @Test
    void stopsListeningWhenTheRunHasEnded() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        watch(network, ElementType.ELEMENT_TYPE_FLOAT32);
        train(network);

        assertThat(network.getListeners()).isEmpty();
        assertThat(measured).hasSize(STEPS);
    }

    @Test
    void endsARunAsInterruptedThatIsClosedWithoutBeingFinished() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        LossLedger ledger = attach(network, builder(ElementType.ELEMENT_TYPE_FLOAT32));
        train(network);
        ledger.close();

        assertThat(ledger.report().steps()).isEqualTo(STEPS);
        assertThat(measured).hasSize(STEPS);
    }

    @Test
    void estimatesTheFullSetOnSamples() {
        DataSet data = TestNetworks.data(30, 9);
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        LedgerBuilder builder = builder(ElementType.ELEMENT_TYPE_FLOAT64).sampled("all", SampleSource.of(data, 30, 1));
        try (LossLedger ledger = attach(network, builder)) {
            train(network);
            ledger.finish();
        }

        for (StepUpdate step : measured) {
            ObjectiveStep whole = step.objectives().get(0);
            ObjectiveStep sampled = step.objectives().get(1);
            assertThat(sampled.lossStart()).as("a sample of everything").isCloseTo(whole.lossStart(), within(1e-12));
            assertThat(sampled.lossEnd()).isCloseTo(whole.lossEnd(), within(1e-12));
            assertThat(sampled.samplingContrast().orElseThrow().get(0)).isZero();
        }
    }

    @Test
    void splitsUpdatesIntoPartsThatSumToTheUpdate() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0.01, 1);
        try (LossLedger ledger =
                attach(network, builder(ElementType.ELEMENT_TYPE_FLOAT64).parts())) {
            train(network);
            ledger.finish();
        }

        for (StepUpdate step : measured) {
            assertThat(step.parts())
                    .extracting(StepUpdate.Part::name)
                    .containsExactly("gradient", "momentum", "weight-decay");
            for (int i = 0; i < step.delta().length(); i++) {
                double sum = 0;
                for (StepUpdate.Part part : step.parts()) {
                    sum += part.delta().get(i);
                }
                assertThat(sum).isCloseTo(step.delta().get(i), within(1e-15));
            }
        }
    }

    @Test
    void registersMetricsWhileItIsOpen() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        try (LossLedger ledger =
                attach(network, builder(ElementType.ELEMENT_TYPE_FLOAT32).metrics(registry))) {
            train(network);
            ledger.finish();

            assertThat(registry.get(LedgerMetric.PRODUCER_STEPS_SENT.meterName())
                            .functionCounter()
                            .count())
                    .isEqualTo(STEPS);
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void namesTheEvaluatorInTheManifest() {
        List<String> evaluators = new ArrayList<>();
        LedgerBuilder builder = builder(ElementType.ELEMENT_TYPE_FLOAT32).evaluator(EvaluatorChoice.DL4J);
        builder.attach(TestNetworks.dense(DataType.FLOAT, 0, 1), run -> {
                    evaluators.add(run.manifest().getEvaluator());
                    return TestPublishers.intoTheVoid(run.layout());
                })
                .close();

        assertThat(evaluators).containsExactly("dl4j");
    }

    @Test
    void refusesAnEvaluatorThatDoesNotSupportTheNetworkBeforeItOpensARun() {
        MultiLayerNetwork network = KindNetworks.network(
                InputType.feedForward(TestNetworks.INPUTS),
                KindNetworks.prelu(TestNetworks.INPUTS),
                KindNetworks.output());

        assertThatThrownBy(() -> builder(ElementType.ELEMENT_TYPE_FLOAT32)
                        .evaluator(EvaluatorChoice.BLAS)
                        .attach(network, run -> {
                            throw new AssertionError("opened " + run);
                        }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("evaluator: must be dl4j or auto for this network, because PReLULayer layer0 is unknown."
                        + " Found: blas");
        assertThat(network.getListeners()).isEmpty();
    }

    @Test
    void refusesALossThatCannotBeMeasuredBeforeItOpensARun() {
        Layer last = new LossLayer.Builder(new LossFMeasure()).build();
        MultiLayerNetwork network = KindNetworks.network(
                InputType.feedForward(3), KindNetworks.dense(2).build(), last);

        assertThatThrownBy(() -> builder(ElementType.ELEMENT_TYPE_FLOAT32).attach(network, run -> {
                    throw new AssertionError("opened " + run);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("network: loss must be a sum over examples. Found: LossFMeasure in LossLayer layer1");
        assertThat(network.getListeners()).isEmpty();
    }

    private static void trainTenSteps(MultiLayerNetwork network, DataSet data) {
        Nd4j.getRandom().setSeed(3);
        for (int step = 0; step < 10; step++) {
            network.fit(data);
        }
    }

    private PublishReport watch(MultiLayerNetwork network, ElementType type) {
        try (LossLedger ledger = attach(network, builder(type))) {
            train(network);
            return ledger.finish();
        }
    }

    private LedgerBuilder builder(ElementType type) {
        return LossLedger.to("nowhere:1")
                .run("r")
                .train(TestNetworks.data(30, 9))
                .measure(MeasureSettings.DEFAULT.withType(type))
                .recording(new RecordSettings(0, every, 4, WhenBehind.WAIT))
                .threads(2)
                .observer(measured::add);
    }

    private static LossLedger attach(MultiLayerNetwork network, LedgerBuilder builder) {
        return builder.attach(network, run -> TestPublishers.intoTheVoid(run.layout()));
    }

    private static void train(MultiLayerNetwork network) {
        for (int step = 0; step < STEPS; step++) {
            network.fit(TestNetworks.data(20, step));
        }
    }

    private static double allocated(StepUpdate step) {
        double sum = 0;
        double[] weights = {1 / 6.0, 4 / 6.0, 1 / 6.0};
        ObjectiveStep objective = step.objectives().get(0);
        for (int node = 0; node < 3; node++) {
            FlatVector gradient =
                    ((Nodes) objective.gradient()).nodes().get(node).orElseThrow();
            for (int i = 0; i < gradient.length(); i++) {
                sum += weights[node] * gradient.get(i) * step.delta().get(i);
            }
        }
        return sum;
    }
}
