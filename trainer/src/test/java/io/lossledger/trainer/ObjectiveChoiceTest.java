package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.trajectory.DeclaredObjective;
import io.lossledger.protocol.v1.ElementType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

class ObjectiveChoiceTest {
    private static final ModelSettings MODEL = ModelSettings.of(Preset.MNIST_FC, Optimizer.SGD);
    private static final ElementType TYPE = ElementType.ELEMENT_TYPE_FLOAT64;

    @Test
    void weightsClassesSoThatTheyAddUpToTheWhole() throws IOException {
        ObjectiveChoice choice = new ObjectiveChoice(List.of("train", "validation", "classes"));
        TrainSettings settings = new TrainSettings(
                "r",
                1,
                1,
                MODEL,
                250,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                choice,
                333,
                250,
                500,
                false,
                MeasureSettings.DEFAULT.withType(TYPE),
                RecordSettings.DEFAULT,
                2,
                EvaluatorChoice.AUTO,
                true,
                false);
        TrainingSet data = TrainingSet.load(settings);
        MultiLayerNetwork network = (MultiLayerNetwork) Networks.create(MODEL, data.train(), 1);
        FlatVector parameters = FlatVector.of(network.params().toDoubleVector());
        try (EvaluationPool pool = new EvaluationPool(network, 2, TYPE)) {
            List<Objective> objectives = choice.over(data, 333, 250, 1, pool).stream()
                    .map(Objective.class::cast)
                    .toList();

            assertThat(objectives)
                    .extracting(Objective::name)
                    .hasSize(choice.count(data))
                    .hasSize(12)
                    .startsWith("train", "validation", "class=0");
            Objective.Evaluation whole = objectives.get(0).evaluate(parameters);
            double loss = 0;
            double[] gradient = new double[parameters.length()];
            int examples = 0;
            for (Objective part : objectives.subList(2, 12)) {
                Objective.Evaluation evaluation = part.evaluate(parameters);
                loss += part.weight() * evaluation.loss();
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] += part.weight() * evaluation.gradient().get(i);
                }
                examples += part.examples();
            }
            assertThat(examples).isEqualTo(333).isEqualTo(objectives.get(0).examples());
            assertThat(loss).isCloseTo(whole.loss(), within(1e-12));
            for (int i = 0; i < gradient.length; i += 97) {
                assertThat(gradient[i]).isCloseTo(whole.gradient().get(i), within(1e-12));
            }
            assertThat(objectives.get(1).examples()).isEqualTo(1_000);
            assertThat(choice.declared(data, 333, 1))
                    .as("the same objectives in a run that is only recorded")
                    .isEqualTo(objectives.stream()
                            .map(one -> new DeclaredObjective(one.name(), one.weight(), one.examples()))
                            .toList());
        }
    }

    @Test
    void namesAnUnknownObjective() {
        assertThatThrownBy(() -> new ObjectiveChoice(List.of("test")))
                .hasMessage("objective: must be train, validation, sampled, classes or class=K. Found: test");
    }

    @Test
    void acceptsOnlyOneSpellingOfAClass() {
        assertThatThrownBy(() -> new ObjectiveChoice(List.of("class=03")))
                .hasMessage("objective: must be train, validation, sampled, classes or class=K. Found: class=03");
    }

    @Test
    void namesADuplicateObjective() {
        assertThatThrownBy(() -> new ObjectiveChoice(List.of("classes", "class=3")))
                .hasMessage("objective: must name each objective once. Found: classes,class=3");
    }

    @Test
    void knowsTheNameOfTheFirst() {
        assertThat(new ObjectiveChoice(List.of("validation", "train")).first()).isEqualTo("validation");
        assertThat(new ObjectiveChoice(List.of("classes")).first()).isEqualTo("class=0");
    }
}
