package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.trainer.data.ImageSet;
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.DataSet;

/** The networks of the trainer have plans whose gradient agrees with DL4J's, and with the slope of the loss. */
@Tag("long")
class PresetPlanTest {
    private static final double STEP = 1e-9;

    /** Loss and gradient, relative to their size, where the network begins and near it. */
    @ParameterizedTest
    @EnumSource
    void agreesWithDl4j(Preset preset) {
        Model network = network(preset);
        Random random = new Random(3);
        for (double spread : new double[] {0, 0.1}) {
            FlatVector at = FlatVector.of(Arrays.stream(network.params().toDoubleVector())
                    .map(parameter -> parameter + spread * random.nextGaussian())
                    .toArray());
            Objective.Evaluation expected = evaluate(network, preset, EvaluatorChoice.DL4J, at);
            Objective.Evaluation found = evaluate(network, preset, EvaluatorChoice.BLAS, at);
            assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-9 * Math.abs(expected.loss())));
            double distance = 0;
            double norm = 0;
            for (TensorLayout tensor : NetworkLayout.of(network).tensors()) {
                for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                    distance += Math.pow(
                            found.gradient().get(i) - expected.gradient().get(i), 2);
                    norm += Math.pow(expected.gradient().get(i), 2);
                }
            }
            assertThat(norm).isPositive();
            assertThat(Math.sqrt(distance / norm)).as("error of the gradient").isLessThanOrEqualTo(1e-9);
        }
    }

    private static Objective.Evaluation evaluate(Model network, Preset preset, EvaluatorChoice choice, FlatVector at) {
        try (EvaluationPool pool = new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64, choice, false)) {
            return pool.objective("train", 1, examples(preset), 2).evaluate(at);
        }
    }

    /**
     * Differences along a random direction in the space of each tensor, so small that rounding, not curvature, is what remains of
     * their error. Not where the network begins: with biases of 0 a dark image lies on the kink of ReLU. Biases before batch norm
     * have no slope.
     */
    @ParameterizedTest
    @EnumSource
    void isTheSlopeOfTheLoss(Preset preset) {
        Model network = network(preset);
        Random random = new Random(1);
        double[] at = Arrays.stream(network.params().toDoubleVector())
                .map(parameter -> parameter + 0.01 * random.nextGaussian())
                .toArray();
        try (EvaluationPool pool =
                new EvaluationPool(network, 2, ElementType.ELEMENT_TYPE_FLOAT64, EvaluatorChoice.BLAS, false)) {
            Objective objective = pool.objective("train", 1, examples(preset), 2);
            Objective.Evaluation there = objective.evaluate(FlatVector.of(at));
            FlatVector gradient = there.gradient();
            double size = Math.sqrt(
                    Arrays.stream(gradient.toDoubles()).map(x -> x * x).sum());
            for (TensorLayout tensor : NetworkLayout.of(network).tensors()) {
                double[] up = at.clone();
                double slope = 0;
                for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                    double direction = random.nextGaussian();
                    up[i] += STEP * direction;
                    slope += gradient.get(i) * direction;
                }
                double rise = objective.evaluate(FlatVector.of(up)).loss() - there.loss();
                assertThat(rise / STEP).as("%s of %s", tensor.name(), preset).isCloseTo(slope, within(1e-5 * size));
            }
        }
    }

    private static Model network(Preset preset) {
        return Networks.create(ModelSettings.of(preset, Optimizer.SGD), images(preset), 1);
    }

    private static DataSet examples(Preset preset) {
        return TrainingSet.rows(images(preset), new int[] {0, 1});
    }

    private static ImageSet images(Preset preset) {
        return PresetImages.of(preset, 20);
    }
}
