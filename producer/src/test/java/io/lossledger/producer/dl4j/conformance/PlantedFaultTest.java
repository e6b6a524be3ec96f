package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.dl4j.conformance.FaultyDense.Fault;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Networks with a mistake of one percent in their gradient are refused when a ledger attaches. */
class PlantedFaultTest {
    @ParameterizedTest
    @CsvSource({"STEEP_WEIGHTS, 1_W", "STEEP_BIAS, 1_b", "MISSING_WEIGHT, 1_W", "STEEP_INPUT, 0_W"})
    void refusesALayerWithAWrongGradient(Fault fault, String tensor) {
        assertThat(refusal(new Layer[] {dense(4), new FaultyDense(4, fault), output()}))
                .startsWith("network: must have the slope of its loss as its gradient. Found, by finite differences: "
                        + tensor + " of layer layer" + tensor.charAt(0));
    }

    @Test
    void measuresTheSameLayerWithoutAMistake() {
        assertThat(refusal(new Layer[] {dense(4), new FaultyDense(4, Fault.NONE), output()}))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.01, 0.99, 0.5, 2, -1})
    void refusesALossWithAWrongGradient(double share) {
        OutputLayer output = new OutputLayer.Builder(new FaultyLoss(share))
                .nOut(Examples.CLASSES)
                .activation(Activation.TANH)
                .build();

        assertThat(refusal(new Layer[] {dense(4), output}))
                .startsWith("network: must have the slope of its loss as its gradient.");
    }

    @Test
    void measuresTheSameLossWithoutAMistake() {
        OutputLayer output = new OutputLayer.Builder(new FaultyLoss(1))
                .nOut(Examples.CLASSES)
                .activation(Activation.TANH)
                .build();

        assertThat(refusal(new Layer[] {dense(4), output})).isEmpty();
    }

    private static String refusal(Layer[] layers) {
        Recipe recipe = Recipe.layers(LossMSE.class, "", ROWS, v -> layers);
        return Training.watched(recipe, MeasureSettings.DEFAULT, EvaluatorChoice.AUTO)
                .refusal();
    }
}
