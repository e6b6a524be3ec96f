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
 * @param model the network and how its parameters are moved
 * @param batchSize examples in a minibatch, at least 1
 * @param data folder with IDX files (MNIST) or CIFAR-10's; empty for generated images
 * @param resume file of a training that goes on; empty to begin anew
 * @param save file that the training is saved to when it ends; empty for none
 * @param objectives which losses are measured
 * @param objectiveSize examples of the train set that the objective is taken over, a seeded sample stratified by class; 0 for all
 * @param sampleSize images in a sample of the objective {@code sampled}, even
 * @param chunkExamples images that an objective evaluates together, at least 1: the batches of batch norm's statistics
 * @param parts whether updates are split in gradient, momentum and weight decay
 * @param measure how segments are measured
 * @param recording how measuring runs beside training
 * @param threads threads that evaluate, at least 1
 * @param evaluator what evaluates losses and gradients
 * @param verifyEvaluator whether gradients are checked at the start
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
        boolean verifyEvaluator) {

    public static final int DEFAULT_STEPS = 1_000;
    public static final int DEFAULT_BATCH_SIZE = 250;
    public static final long DEFAULT_SEED = 1;

    /** @throws IllegalArgumentException when a value is out of its range, naming it */
    public TrainSettings {
        RunId.require(run);
        require("steps", 1, steps);
        require("batch-size", 1, batchSize);
        require("objective-size", 0, objectiveSize);
        require("chunk-examples", 1, chunkExamples);
        require("threads", 1, threads);
        if (save.isPresent() && !Files.isDirectory(save.get().toAbsolutePath().resolveSibling(""))) {
            throw new IllegalArgumentException("save: must be a file in a folder that exists. Found: " + save.get());
        }
    }

    private static void require(String name, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ". Found: " + value);
        }
    }
}
