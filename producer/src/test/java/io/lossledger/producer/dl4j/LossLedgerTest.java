package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.LedgerPublisher;
import io.lossledger.producer.Objective;
import io.lossledger.producer.ObjectiveStep;
import io.lossledger.producer.PublishReport;
import io.lossledger.producer.StepUpdate;
import io.lossledger.producer.TestPublishers;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.RunStatus;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class LedgerListenerTest {
    private static final int STEPS = 5;

    private final List<StepUpdate> measured = new ArrayList<>();
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
    void losesAStepAndNotTheTrainingWhenAnEvaluationFails() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        Objective broken = new Objective() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public double weight() {
                return 1;
            }

            @Override
            public int examples() {
                return 1;
            }

            @Override
            public Evaluation evaluate(FlatVector parameters) {
                throw new IllegalStateException("out of order");
            }
        };
        PublishReport report = watch(network, ElementType.ELEMENT_TYPE_FLOAT32, broken);

        assertThat(report.steps()).isZero();
        assertThat(network.getIterationCount()).isEqualTo(STEPS);
    }

    private PublishReport watch(MultiLayerNetwork network, ElementType type) {
        DataSet objective = TestNetworks.data(30, 9);
        try (EvaluationPool pool = new EvaluationPool(network, 2, type)) {
            return watch(network, type, pool.objective("train", 1, objective, 30));
        }
    }

    private PublishReport watch(MultiLayerNetwork network, ElementType type, Objective objective) {
        LedgerPublisher publisher = TestPublishers.intoTheVoid(NetworkLayout.of(network));
        try (LedgerListener listener =
                new LedgerListener(publisher, List.of(objective), 0, every, 2, type, measured::add)) {
            network.addListeners(listener);
            train(network);
            return listener.finish(network, RunStatus.RUN_STATUS_FINISHED, "");
        }
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
            FlatVector gradient = objective.nodes().get(node).orElseThrow();
            for (int i = 0; i < gradient.length(); i++) {
                sum += weights[node] * gradient.get(i) * step.delta().get(i);
            }
        }
        return sum;
    }
}
