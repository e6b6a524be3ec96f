package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.measure.SampledObjective;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

class EvaluationPoolTest {
    private static final double STEP = 1e-5;

    @Test
    void hasTheGradientThatFiniteDifferencesGiveForADenseNetwork() {
        assertGradient(TestNetworks.dense(DataType.DOUBLE, 0, 1), 25, 10);
    }

    /** One chunk, because with batch norm the chunks are part of the loss. */
    @Test
    void hasTheGradientThatFiniteDifferencesGiveForAConvolutionNetwork() {
        assertGradient(TestNetworks.convolution(DataType.DOUBLE), 20, 10);
    }

    @Test
    void evaluatesAFloat32NetworkInFloat64() {
        assertGradient(TestNetworks.dense(DataType.FLOAT, 0, 1), 25, 10);
    }

    @Test
    void knowsNeitherWeightDecayNorDropout() {
        DataSet data = TestNetworks.data(25, 1);
        MultiLayerNetwork plain = TestNetworks.dense(DataType.FLOAT, 0, 1);
        MultiLayerNetwork decorated = TestNetworks.dense(DataType.FLOAT, 0.5, 0.5);
        decorated.setParams(plain.params());
        FlatVector parameters = FlatVector.of(FlatArrays.toDoubles(plain.params()));

        Evaluation expected = evaluate(plain, data, 10, 1, parameters);
        Evaluation found = evaluate(decorated, data, 10, 1, parameters);

        assertThat(found.loss()).isEqualTo(expected.loss());
        assertThat(found.gradient().toDoubles()).isEqualTo(expected.gradient().toDoubles());
    }

    @Test
    void givesTheSameForAnyNumberOfThreads() {
        DataSet data = TestNetworks.data(47, 1);
        MultiLayerNetwork network = TestNetworks.dense(DataType.DOUBLE, 0, 1);
        FlatVector parameters = FlatVector.of(FlatArrays.toDoubles(network.params()));

        Evaluation one = evaluate(network, data, 10, 1, parameters);
        Evaluation three = evaluate(network, data, 10, 3, parameters);

        assertThat(three.loss()).isCloseTo(one.loss(), within(1e-14));
        double[] gradient = three.gradient().toDoubles();
        for (int i = 0; i < gradient.length; i++) {
            assertThat(gradient[i]).isCloseTo(one.gradient().get(i), within(1e-15));
        }
    }

    @Test
    void weighsExamplesAndNotChunksWhenTheLastChunkIsShort() {
        DataSet data = TestNetworks.data(25, 1);
        MultiLayerNetwork network = TestNetworks.dense(DataType.DOUBLE, 0, 1);
        FlatVector parameters = FlatVector.of(FlatArrays.toDoubles(network.params()));

        assertThat(evaluate(network, data, 10, 2, parameters).loss())
                .isCloseTo(evaluate(network, data, 25, 1, parameters).loss(), within(1e-14));
    }

    @Test
    void evaluatesEachBatchSeparately() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.DOUBLE, 0, 1);
        FlatVector parameters = FlatVector.of(FlatArrays.toDoubles(network.params()));
        List<DataSet> data = List.of(TestNetworks.data(5, 1), TestNetworks.data(7, 2), TestNetworks.data(3, 3));
        try (EvaluationPool pool = new EvaluationPool(network, 2, ElementType.ELEMENT_TYPE_FLOAT64)) {
            List<Evaluation> found = pool.evaluateEach(data.stream()
                    .map(half -> new Request(pool.prepare("train", half), parameters))
                    .toList());

            assertThat(pool.precision()).isEqualTo(ElementType.ELEMENT_TYPE_FLOAT64);
            assertThat(pool.evaluateEach(List.of())).isEmpty();
            for (int i = 0; i < data.size(); i++) {
                Evaluation expected = evaluate(network, data.get(i), 10, 1, parameters);
                assertThat(found.get(i).loss()).isCloseTo(expected.loss(), within(1e-14));
                assertThat(found.get(i).gradient().toDoubles())
                        .containsExactly(expected.gradient().toDoubles(), within(1e-14));
            }
        }
    }

    @Test
    void choosesTheEvaluatorWithTheFirstData() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.DOUBLE, 0, 1);
        try (EvaluationPool pool =
                new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64, EvaluatorChoice.DL4J, true)) {
            assertThat(pool.evaluatorName()).isEmpty();
            pool.objective("train", 1, TestNetworks.data(5, 1), 10);
            assertThat(pool.evaluatorName()).contains("dl4j");
        }
    }

    @Test
    void namesTheLayerThatBlasDoesNotSupport() {
        MultiLayerNetwork network = KindNetworks.network(
                InputType.feedForward(TestNetworks.INPUTS),
                KindNetworks.prelu(TestNetworks.INPUTS),
                KindNetworks.output());
        try (EvaluationPool pool =
                new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64, EvaluatorChoice.BLAS, true)) {
            assertThatThrownBy(() -> pool.objective("train", 1, TestNetworks.data(5, 1), 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "evaluator: must be dl4j or auto for this network, because PReLULayer layer0 is unknown."
                                    + " Found: blas");
        }
    }

    /** The first sample is drawn early, to choose what evaluates; it is the first nevertheless. */
    @Test
    void losesNoSampleOfTheFirstObjective() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.DOUBLE, 0, 1);
        FlatVector parameters = FlatVector.of(FlatArrays.toDoubles(network.params()));
        DataSet data = TestNetworks.data(40, 1);
        try (EvaluationPool pool = new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64)) {
            SampledObjective first = pool.sampled("sampled", 1, SampleSource.of(data, 10, 3));
            SampledObjective second = pool.sampled("sampled", 1, SampleSource.of(data, 10, 3));

            assertThat(pool.evaluatorName()).isPresent();
            double last = 0;
            for (int step = 0; step < 3; step++) {
                double loss = first.draw().evaluate(parameters).first().loss();
                assertThat(loss)
                        .isEqualTo(second.draw().evaluate(parameters).first().loss())
                        .isNotEqualTo(last);
                last = loss;
            }
        }
    }

    @Test
    void namesANetworkWithoutALoss() {
        var layers = new NeuralNetConfiguration.Builder().list();
        layers.layer(new DenseLayer.Builder().nIn(2).nOut(2).build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();

        assertThatThrownBy(() -> new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT32))
                .hasMessage("network: must end in a layer with a loss, such as OutputLayer. Found: DenseLayer layer0");
    }

    private static Evaluation evaluate(
            MultiLayerNetwork network, DataSet data, int chunk, int threads, FlatVector parameters) {
        try (EvaluationPool pool = new EvaluationPool(network, threads, ElementType.ELEMENT_TYPE_FLOAT64)) {
            return pool.objective("train", 1, data, chunk).evaluate(parameters);
        }
    }

    /** Central differences in float64, over booked parameters. */
    private static void assertGradient(MultiLayerNetwork network, int examples, int chunk) {
        DataSet data = TestNetworks.data(examples, 1);
        double[] at = FlatArrays.toDoubles(network.params());
        try (EvaluationPool pool = new EvaluationPool(network, 2, ElementType.ELEMENT_TYPE_FLOAT64)) {
            Objective objective = pool.objective("train", 1, data, chunk);
            FlatVector gradient = objective.evaluate(FlatVector.of(at)).gradient();
            double scale = 0;
            for (int i = 0; i < at.length; i++) {
                scale = Math.max(scale, Math.abs(gradient.get(i)));
            }
            for (TensorLayout tensor : NetworkLayout.of(network).tensors()) {
                for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                    double[] moved = at.clone();
                    moved[i] = at[i] + STEP;
                    double up = objective.evaluate(FlatVector.of(moved)).loss();
                    moved = moved.clone();
                    moved[i] = at[i] - STEP;
                    double down = objective.evaluate(FlatVector.of(moved)).loss();
                    assertThat(gradient.get(i))
                            .as("parameter %d of %s", i - tensor.offset(), tensor.name())
                            .isCloseTo((up - down) / (2 * STEP), within(1e-6 * scale));
                }
            }
        }
    }
}
