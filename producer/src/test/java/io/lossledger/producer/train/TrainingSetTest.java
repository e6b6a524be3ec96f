package io.lossledger.producer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.MeasureSettings;
import io.lossledger.producer.RecordSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;

class TrainingSetTest {
    @Test
    void drawsEveryImageOnceAnEpoch() throws IOException {
        TrainingSet set = load(1_000);
        DataSet all = TrainingSet.rows(set.train(), StratifiedSample.of(set.train(), 0, 1));
        double labels = 0;
        double pixels = 0;
        for (int batch = 0; batch < 5; batch++) {
            DataSet next = set.nextBatch();
            labels += next.getLabels().sumNumber().doubleValue();
            pixels += next.getFeatures()
                    .castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE)
                    .sumNumber()
                    .doubleValue();
        }

        assertThat(all.numExamples()).isEqualTo(5_000);
        assertThat(labels).isEqualTo(5_000);
        assertThat(pixels)
                .isCloseTo(
                        all.getFeatures()
                                .castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE)
                                .sumNumber()
                                .doubleValue(),
                        org.assertj.core.api.Assertions.within(1e-6));
    }

    @Test
    void drawsTheSameBatchesForTheSameSeed() throws IOException {
        assertThat(load(250).nextBatch()).isEqualTo(load(250).nextBatch());
    }

    @Test
    void leavesAnEpochsRemainderOut() throws IOException {
        TrainingSet set = load(3_000);

        assertThat(set.nextBatch().numExamples()).isEqualTo(3_000);
        assertThat(set.nextBatch().numExamples()).isEqualTo(3_000);
    }

    private static TrainingSet load(int batchSize) throws IOException {
        return TrainingSet.load(new TrainSettings(
                "r",
                1,
                1,
                Optimizer.SGD,
                0.1,
                batchSize,
                Optional.empty(),
                new ObjectiveChoice(List.of("train")),
                0,
                250,
                false,
                MeasureSettings.DEFAULT,
                RecordSettings.DEFAULT,
                1));
    }
}
