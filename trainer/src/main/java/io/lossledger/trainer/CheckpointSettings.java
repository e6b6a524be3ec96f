package io.lossledger.trainer;

import io.lossledger.producer.dl4j.Checkpoints;
import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.trajectory.TrajectorySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Records networks that were saved during a training of image classifiers, so that workers measure the chords between them.
 *
 * @param run id of the run that they become
 * @param checkpoints the networks
 * @param data folder of the images
 * @param objectives objectives to measure; not sampled
 * @param objectiveSize images of the train set in the objectives; 0 for all
 * @param chunkExamples images that an objective evaluates together, at least 1
 * @param measure how segments are measured
 * @param seed seed of the sample of the train set
 */
public record CheckpointSettings(
        String run,
        Checkpoints checkpoints,
        Path data,
        ObjectiveChoice objectives,
        int objectiveSize,
        int chunkExamples,
        MeasureSettings measure,
        long seed) {

    /** @throws IllegalArgumentException when an objective is sampled */
    public CheckpointSettings {
        if (objectives.isSampled()) {
            throw new IllegalArgumentException(
                    "objective: must be over fixed images, because networks were saved, and no samples. Found: sampled");
        }
    }

    /**
     * Records the run.
     *
     * @throws IOException when the images or a network cannot be read
     * @throws IllegalArgumentException as {@link io.lossledger.producer.dl4j.LedgerBuilder#record(Checkpoints)} does
     */
    public PublishReport record(PublisherSettings publishing) throws IOException {
        TrainingSet images = TrainingSet.load(Optional.of(data), Preset.MNIST_FC, 1, seed);
        return LossLedger.to(publishing.kafka())
                .publishing(publishing)
                .run(run)
                .measure(measure)
                .chunkExamples(chunkExamples)
                .record(new TrajectorySettings(
                        images.fingerprint(), objectiveSize, objectives.declared(images, objectiveSize, seed)))
                .manifest(facts -> facts.setModel(name())
                        .setDataSet(images.name())
                        .setSeed(seed)
                        .setBatchSize(1))
                .record(checkpoints);
    }

    /** The folder of the networks. */
    private String name() {
        Path folder = checkpoints.files().get(0).toAbsolutePath().getParent();
        return "saved networks of " + (folder == null ? "/" : folder.getFileName());
    }
}
