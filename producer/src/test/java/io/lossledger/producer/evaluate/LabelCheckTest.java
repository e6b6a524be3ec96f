package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Cross entropy behind a softmax, over labels that do not sum to one. */
class LabelCheckTest {
    private static final ElementType TYPE = ElementType.ELEMENT_TYPE_FLOAT64;
    private static final double STEP = 1e-6;

    /** A user's loss, which may compute anything. */
    private static final class OwnLoss extends LossMCXENT {
        private static final long serialVersionUID = 1L;
    }

    /** Against central differences of the loss, which is DL4J's own. */
    @ParameterizedTest
    @EnumSource(names = {"BLAS", "DL4J"})
    void measuresPaddingAndWeightedExamplesRightly(EvaluatorChoice choice) {
        MultiLayerNetwork network = network(new LossMCXENT());
        DataSet data = weighted();
        double[] at = FlatArrays.toDoubles(network.params());
        double[] gradient;
        try (EvaluationPool pool = new EvaluationPool(network, 1, TYPE, choice, true)) {
            Objective objective = pool.objective("train", 1, data);
            gradient = objective.evaluate(FlatVector.of(at)).gradient().toDoubles();
        }
        for (int i = 0; i < at.length; i++) {
            double slope = (loss(network, data, at, i, STEP) - loss(network, data, at, i, -STEP)) / (2 * STEP);
            assertThat(gradient[i]).isCloseTo(slope, within(1e-8));
        }
    }

    /** One wrong row of a hundred: finite differences of a sample may not see it. */
    @Test
    void refusesThemForALossOfTheUser() {
        DataSet data = new DataSet(KindNetworks.random(1, 100, 3), KindNetworks.labels(100, 2));
        data.getLabels().putRow(77, data.getLabels().getRow(77).mul(3));
        try (EvaluationPool pool = new EvaluationPool(network(new OwnLoss()), 1, TYPE)) {
            assertThatThrownBy(() -> pool.objective("train", 1, data))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("objective train: labels must sum to one, because DL4J's gradient of OwnLoss behind a"
                            + " softmax may be wrong for other labels. Found: 1 that do not");
        }
    }

    private static MultiLayerNetwork network(ILossFunction loss) {
        return KindNetworks.network(
                InputType.feedForward(3),
                KindNetworks.dense(4).build(),
                new OutputLayer.Builder(loss)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    private static DataSet weighted() {
        INDArray labels = KindNetworks.labels(6, 2);
        labels.putRow(1, labels.getRow(1).mul(0));
        labels.putRow(4, labels.getRow(4).mul(2.5));
        return new DataSet(KindNetworks.random(1, 6, 3).castTo(DataType.DOUBLE), labels.castTo(DataType.DOUBLE));
    }

    private static double loss(MultiLayerNetwork network, DataSet data, double[] at, int index, double step) {
        MultiLayerNetwork copy = network.clone();
        double[] moved = at.clone();
        moved[index] += step;
        copy.setParams(FlatArrays.toArray(FlatVector.of(moved)));
        return copy.score(data);
    }
}
