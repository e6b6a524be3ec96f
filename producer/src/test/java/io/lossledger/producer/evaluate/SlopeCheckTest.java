package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.v1.ElementType;
import java.util.Random;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Wrong gradients are in the package conformance. */
class SlopeCheckTest {
    private final DataSet data = new DataSet(KindNetworks.random(1, 8, 3), KindNetworks.labels(8, 2));

    /** Scatter must not pass for rounding, behind which anything could hide. */
    private static final class RandomLoss extends LossMSE {
        private static final long serialVersionUID = 1L;
        private static final Random RANDOM = new Random(1);

        @Override
        public double computeScore(
                INDArray labels, INDArray output, IActivation activation, @Nullable INDArray mask, boolean average) {
            double exact = super.computeScore(labels, output, activation, mask, average);
            return exact * (1 + 0.001 * RANDOM.nextGaussian());
        }
    }

    @Test
    void refusesALossThatDiffersAtEachEvaluation() {
        assertThatThrownBy(() -> attach(network(new RandomLoss())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "network: must have the slope of its loss as its gradient\\. Found, by finite differences: a"
                                + " loss of \\S+ and then of \\S+ at the same parameters");
    }

    /** All margins are met: no gradient, and a kink not far away. */
    @Test
    void acceptsAGradientOfZero() {
        MultiLayerNetwork network = network(new LossHinge());
        data.setLabels(data.getLabels().mul(2).sub(1));
        INDArray bias = network.getLayer(1).getParam("b");
        network.getLayer(1).getParam("W").muli(0.001);
        bias.assign(1.003);
        data.getLabels().assign(1);

        assertThat(attach(network)).isEqualTo("dl4j");
    }

    private static MultiLayerNetwork network(ILossFunction loss) {
        return KindNetworks.network(
                InputType.feedForward(3),
                KindNetworks.dense(4).build(),
                new OutputLayer.Builder(loss)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build());
    }

    private String attach(MultiLayerNetwork network) {
        try (EvaluationPool pool = new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64)) {
            pool.objective("train", 1, data);
            return pool.evaluatorName().orElseThrow();
        }
    }
}
