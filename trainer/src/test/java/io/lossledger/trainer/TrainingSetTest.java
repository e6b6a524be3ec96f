package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
    void omitsAnEpochsRemainder() throws IOException {
        TrainingSet set = load(3_000);

        assertThat(set.nextBatch().numExamples()).isEqualTo(3_000);
        assertThat(set.nextBatch().numExamples()).isEqualTo(3_000);
    }

    @Test
    void skipsTheBatchesBeforeTheResumedStep() throws IOException {
        // Two batches an epoch and a remainder: the skips cross epochs.
        for (int skipped : new int[] {0, 1, 2, 5}) {
            TrainingSet drawn = load(2_400);
            TrainingSet resumed = load(2_400);
            for (int i = 0; i < skipped; i++) {
                drawn.nextBatch();
            }
            resumed.skip(skipped);

            assertThat(resumed.nextBatch()).isEqualTo(drawn.nextBatch());
            assertThat(resumed.nextBatch()).isEqualTo(drawn.nextBatch());
        }
    }

    @Test
    void generatesImagesThatTheNetworkAccepts() throws IOException {
        assertThat(load(Preset.MNIST_LENET, 1).name()).isEqualTo("generated-digits");
        assertThat(load(Preset.MNIST_LENET, 1).train()).hasToString("5000 images of 1x28x28 in 10 classes");
        assertThat(load(Preset.CIFAR_ALLCNN, 1).name()).isEqualTo("generated-shapes");
        assertThat(load(Preset.CIFAR_ALLCNN, 1).train()).hasToString("5000 images of 3x32x32 in 10 classes");
        assertThat(load(Preset.CIFAR_ALLCNN, 1).validation()).hasToString("1000 images of 3x32x32 in 10 classes");
    }

    @Test
    void hasTheFingerprintOfItsImagesWhateverTheOrderOfMinibatches() throws IOException {
        assertThat(load(250).fingerprint()).matches("sha256:[0-9a-f]{64}").isEqualTo(load(1).fingerprint());
        assertThat(load(Preset.MNIST_LENET, 250).fingerprint())
                .isEqualTo(load(250).fingerprint());
        assertThat(load(Preset.CIFAR_ALLCNN, 250).fingerprint())
                .isNotEqualTo(load(250).fingerprint());
        assertThat(TrainingSet.load(Optional.empty(), Preset.MNIST_FC, 250, 2).fingerprint())
                .as("generated from another seed")
                .isNotEqualTo(load(250).fingerprint());
    }

    @Test
    void anImageMoreToTrainOnIsAnotherFingerprint() {
        assertThat(TrainingSet.generated(Preset.MNIST_FC, 100, 1).fingerprint())
                .isNotEqualTo(TrainingSet.generated(Preset.MNIST_FC, 101, 1).fingerprint());
    }

    private static TrainingSet load(int batchSize) throws IOException {
        return load(Preset.MNIST_FC, batchSize);
    }

    private static TrainingSet load(Preset network, int batchSize) throws IOException {
        return TrainingSet.load(Optional.empty(), network, batchSize, 1);
    }
}
