package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainSettingsTest {
    @Test
    void keepsItsDefaults() {
        assertThat(TrainSettings.DEFAULT_STEPS).isEqualTo(1_000);
        assertThat(TrainSettings.DEFAULT_BATCH_SIZE).isEqualTo(250);
        assertThat(TrainSettings.DEFAULT_SEED).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            a/b; 1; 1; 0; 1; run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: a/b
            r;   0; 1; 0; 1; steps: must be at least 1. Found: 0
            r;   1; 0; 0; 1; batch-size: must be at least 1. Found: 0
            r;   1; 1; -1; 1; objective-size: must be at least 0. Found: -1
            r;   1; 1; 0; 0; threads: must be at least 1. Found: 0
            """, quoteCharacter = '"')
    void namesWhatIsOutOfRange(String run, int steps, int batchSize, int objectiveSize, int threads, String message) {
        assertThatThrownBy(() -> settings(run, steps, batchSize, objectiveSize, threads, "train", false))
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            train; true; "parts: must not be used when the training is recorded, because only the trainer can split updates.\
             Found: parts"
            sampled; false; "objective: must not be sampled when the training is recorded, because the sample of each step\
             is the trainer's. Found: sampled"
            """, quoteCharacter = '"')
    void refusesToRecordWhatOnlyTheTrainerCanMeasure(String objective, boolean parts, String message) {
        TrainSettings settings = settings("r", 1, 1, 0, 1, objective, parts);

        assertThatThrownBy(settings::recorded).hasMessage(message);
    }

    @Test
    void changesNothingElseToBeRecorded() {
        TrainSettings settings = settings("r", 1, 2, 3, 4, "train", false);

        assertThat(settings.recorded().record()).isTrue();
        assertThat(settings.recorded())
                .usingRecursiveComparison()
                .ignoringFields("record")
                .isEqualTo(settings);
    }

    private static TrainSettings settings(
            String run, int steps, int batchSize, int objectiveSize, int threads, String objective, boolean parts) {
        return new TrainSettings(
                run,
                steps,
                1,
                ModelSettings.of(Preset.MNIST_FC, Optimizer.SGD),
                batchSize,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new ObjectiveChoice(List.of(objective)),
                objectiveSize,
                250,
                500,
                parts,
                MeasureSettings.DEFAULT,
                RecordSettings.DEFAULT,
                threads,
                EvaluatorChoice.AUTO,
                true,
                false);
    }
}
