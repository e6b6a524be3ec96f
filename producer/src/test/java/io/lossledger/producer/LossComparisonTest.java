package io.lossledger.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.StepFacts;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Trainings whose loss falls from 2.3, with minibatch losses that scatter by a tenth. */
class LossComparisonTest {
    @Test
    void isSilentWhenBothAreTheSameLoss() {
        for (int seed = 0; seed < 2_000; seed++) {
            assertThat(doubt(seed, 1, "train", 1)).isEmpty();
        }
    }

    /** An objective is higher where the training has not seen its examples, and lower where it has. */
    @Test
    void isSilentAboutATenthOfTheLoss() {
        for (int seed = 0; seed < 200; seed++) {
            assertThat(doubt(seed, 1.1, "train", 1)).isEmpty();
            assertThat(doubt(seed, 0.9, "train", 1)).isEmpty();
        }
    }

    @Test
    void warnsAboutAnObjectiveThatIsNotTrained() {
        for (int seed = 0; seed < 200; seed++) {
            assertThat(doubt(seed, 2, "train", 1)).isPresent();
            assertThat(doubt(seed, 0.5, "train", 1)).isPresent();
        }
        assertThat(doubt(1, 2, "train", 1).orElseThrow())
                .matches(
                        "The objective train may not be what is trained: over 50 steps its loss is 3\\.\\d+, that of the"
                                + " minibatches 1\\.\\d+\\. Give both the same normalizer and labels, and shuffle the minibatches");
    }

    @Test
    void comparesNothingElse() {
        assertThat(doubt(1, 2, "validation", 1)).isEmpty();
        assertThat(doubt(1, 2, "train", 2)).isEmpty();
    }

    private static Optional<String> doubt(long seed, double factor, String objective, int stepsCovered) {
        Random random = new Random(seed);
        LossComparison comparison = new LossComparison();
        Optional<String> doubt = Optional.empty();
        for (int step = 0; step < 200; step++) {
            double loss = 2.3 * Math.exp(-step / 100.0);
            double minibatch = loss * (1 + 0.1 * random.nextGaussian());
            doubt = comparison.enter(update(step, stepsCovered, minibatch, objective, factor * loss));
        }
        return doubt;
    }

    private static StepUpdate update(int step, int stepsCovered, double minibatch, String name, double loss) {
        FlatVector vector = FlatVector.of(ElementType.ELEMENT_TYPE_FLOAT64, new double[1]);
        ObjectiveStep objective = new ObjectiveStep(
                name,
                1,
                ObjectiveKind.OBJECTIVE_KIND_FIXED,
                loss,
                loss,
                new SegmentGradient.Nodes(List.of(Optional.of(vector))),
                false,
                Optional.empty());
        StepFacts facts = StepFacts.newBuilder().setMinibatchLoss(minibatch).build();
        return new StepUpdate(step, stepsCovered, vector, List.of(objective), facts);
    }
}
