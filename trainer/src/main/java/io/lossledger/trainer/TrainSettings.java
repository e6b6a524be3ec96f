package io.lossledger.trainer;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.protocol.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to train and how to measure it. Immutable.
 *
 * @param run run id
 * @param steps optimizer steps, at least 1
 * @param seed seed of initialisation, shuffling and generated data
 * @param model the network and how its parameters are updated
 * @param batchSize examples in a minibatch, at least 1
 * @param data folder with IDX files (MNIST) or CIFAR-10's; empty for generated images
 * @param resume file of the training to resume; empty to start a new one
 * @param save file to save the training to when it ends; empty for none
 * @param objectives the losses to measure
 * @param objectiveSize examples of the train set in the objective, a seeded sample stratified by class; 0 for all
 * @param sampleSize images in a sample of the objective {@code sampled}, even
 * @param chunkExamples images that an objective evaluates together, at least 1: the batch of batch norm's statistics
 * @param parts whether updates are split into gradient, momentum and weight decay
 * @param measure how segments are measured
 * @param recording how measuring runs in parallel with training
 * @param threads number of evaluation threads, at least 1
 * @param evaluator which evaluator computes losses and gradients
 * @param verifyEvaluator whether gradients are checked at the start
 * @param record whether the training is only recorded, and measured elsewhere
 */
public record TrainSettings(
        String run,
        int steps,
        long seed,
        ModelSettings model,
        int batchSize,
        Optional<Path> data,
        Optional<Path> resume,
        Optional<Path> save,
        ObjectiveChoice objectives,
        int objectiveSize,
        int sampleSize,
        int chunkExamples,
        boolean parts,
        MeasureSettings measure,
        RecordSettings recording,
        int threads,
        EvaluatorChoice evaluator,
        boolean verifyEvaluator,
        boolean record) {

    public static final int DEFAULT_STEPS = 1_000;
    public static final int DEFAULT_BATCH_SIZE = 250;
    public static final long DEFAULT_SEED = 1;

    /** @throws IllegalArgumentException when a value is out of range; the message names it */
    public TrainSettings {
        RunId.require(run);
        require("steps", 1, steps);
        require("batch-size", 1, batchSize);
        require("objective-size", 0, objectiveSize);
        require("chunk-examples", 1, chunkExamples);
        require("threads", 1, threads);
        if (record && parts) {
            throw new IllegalArgumentException("parts: must not be used when the training is recorded, because only the"
                    + " trainer can split updates. Found: parts");
        }
        if (record && objectives.isSampled()) {
            throw new IllegalArgumentException(
                    "objective: must not be sampled when the training is recorded, because the"
                            + " sample of each step is the trainer's. Found: sampled");
        }
        if (save.isPresent() && !Files.isDirectory(save.get().toAbsolutePath().resolveSibling(""))) {
            throw new IllegalArgumentException("save: must be a file in an existing folder. Found: " + save.get());
        }
    }

    /** The same, to be recorded. */
    public TrainSettings recorded() {
        return new TrainSettings(
                run,
                steps,
                seed,
                model,
                batchSize,
                data,
                resume,
                save,
                objectives,
                objectiveSize,
                sampleSize,
                chunkExamples,
                parts,
                measure,
                recording,
                threads,
                evaluator,
                verifyEvaluator,
                true);
    }

    private static void require(String name, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ". Found: " + value);
        }
    }
}
