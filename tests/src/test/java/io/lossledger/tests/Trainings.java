package io.lossledger.tests;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Preset;
import io.lossledger.trainer.TrainSettings;
import java.util.List;
import java.util.Optional;

/** Short trainings of the fully connected network on generated digits. */
final class Trainings {
    private Trainings() {}

    static TrainSettings of(String run, int steps, Optimizer optimizer, ElementType type, int objectiveSize) {
        return of(
                run,
                steps,
                optimizer,
                List.of("train"),
                objectiveSize,
                false,
                MeasureSettings.DEFAULT.withType(type),
                RecordSettings.DEFAULT);
    }

    static TrainSettings of(
            String run,
            int steps,
            Optimizer optimizer,
            List<String> objectives,
            int objectiveSize,
            boolean parts,
            MeasureSettings measure,
            RecordSettings recording) {
        return new TrainSettings(
                run,
                steps,
                3,
                ModelSettings.of(Preset.MNIST_FC, optimizer),
                250,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new ObjectiveChoice(objectives),
                objectiveSize,
                50,
                EvaluationPool.CHUNK_EXAMPLES,
                parts,
                measure,
                recording,
                2,
                EvaluatorChoice.AUTO,
                true,
                false);
    }
}
