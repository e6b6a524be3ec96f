package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.ElementType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class EvaluatorCheckTest {
    private static final ElementType FLOAT64 = ElementType.ELEMENT_TYPE_FLOAT64;
    private static final ElementType FLOAT32 = ElementType.ELEMENT_TYPE_FLOAT32;

    /** Batch norm is in it: its running statistics do not count. */
    private final MultiLayerNetwork network = TestNetworks.convolution(DataType.FLOAT);

    @ParameterizedTest
    @CsvSource({"ELEMENT_TYPE_FLOAT64, 1e-12", "ELEMENT_TYPE_FLOAT32, 1e-3"})
    void findsNothingWhereThereIsNothing(ElementType type, double rounding) {
        EvaluatorCheck check = check(type, 1, 1, TestNetworks.data(100, 1));

        assertThat(check.agrees()).isTrue();
        assertThat(check.loss()).isLessThan(rounding);
        assertThat(check.gradient()).isLessThan(rounding);
    }

    @Test
    void findsALossThatIsOff() {
        EvaluatorCheck check = check(FLOAT64, 1.5, 1, TestNetworks.data(10, 1));

        assertThat(check.agrees()).isFalse();
        assertThat(check.loss()).isCloseTo(0.5, within(1e-12));
        assertThat(check)
                .hasToString("off by 0.50 of the loss and 0.0 of the gradient of 0_b, of which 1e-06 are allowed");
    }

    @Test
    void findsAGradientThatIsOff() {
        EvaluatorCheck check = check(FLOAT64, 1, 1.1, TestNetworks.data(10, 1));

        assertThat(check.agrees()).isFalse();
        assertThat(check.gradient()).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void findsValuesThatAreNotNumbers() {
        assertThat(check(FLOAT64, Double.NaN, 1, TestNetworks.data(10, 1)).agrees())
                .isFalse();
        assertThat(check(FLOAT64, 1, Double.NaN, TestNetworks.data(10, 1)).agrees())
                .isFalse();
    }

    @Test
    void allowsFloat32MoreThanFloat64() {
        DataSet data = TestNetworks.data(10, 1);

        assertThat(check(FLOAT64, 1, 1 + 2e-6, data).agrees()).isFalse();
        assertThat(check(FLOAT64, 1, 1 + 0.5e-6, data).agrees()).isTrue();
        assertThat(check(FLOAT32, 1, 1.03, data).agrees()).isFalse();
        assertThat(check(FLOAT32, 1, 1.01, data).agrees()).isTrue();
    }

    /** Nothing but rounding is left of either; half of nothing is nothing. */
    @Test
    void allowsRoundingInALossOfZero() {
        MultiLayerNetwork certain = TestNetworks.dense(DataType.DOUBLE, 0, 1);
        certain.getLayer(1).getParam("W").assign(0);
        certain.getLayer(1).getParam("b").assign(Nd4j.createFromArray(new double[][] {{40, 0, 0}}));
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 5, TestNetworks.CLASSES);
        labels.getColumn(0).assign(1);
        DataSet data = new DataSet(TestNetworks.data(5, 1).getFeatures(), labels);
        FaultyEvaluator evaluator = new FaultyEvaluator(certain, FLOAT64, 0.5, 0.5);

        try (LayerReference reference = new LayerReference(certain, Batch.of(data, DataType.DOUBLE))) {
            assertThat(EvaluatorCheck.of(evaluator, FLOAT64, reference).agrees())
                    .isTrue();
        }
    }

    @Test
    void takesExamplesEvenly() {
        Batch batch = Batch.of(TestNetworks.data(130, 1), DataType.DOUBLE);
        Batch sample = batch.sample(64);

        assertThat(sample.examples()).isEqualTo(64);
        for (int i = 0; i < 64; i++) {
            assertThat(sample.features()[0].getRow(i)).isEqualTo(batch.features()[0].getRow(i * 130L / 64));
            assertThat(sample.labels()[0].getRow(i)).isEqualTo(batch.labels()[0].getRow(i * 130L / 64));
        }
        assertThat(batch.sample(200).features()[0]).isEqualTo(batch.features()[0]);
    }

    private EvaluatorCheck check(ElementType type, double lossFactor, double gradientFactor, DataSet data) {
        try (FaultyEvaluator evaluator = new FaultyEvaluator(network, type, lossFactor, gradientFactor);
                LayerReference reference =
                        new LayerReference(network, Batch.of(data, LayerEvaluator.precision(type)))) {
            return EvaluatorCheck.of(evaluator, type, reference);
        }
    }
}
