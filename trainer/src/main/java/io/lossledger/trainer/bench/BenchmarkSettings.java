package io.lossledger.trainer.bench;

import io.lossledger.trainer.Preset;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The training of a benchmark. Immutable.
 *
 * @param network the network
 * @param data folder with IDX or CIFAR-10 files; empty for generated images
 * @param steps optimizer steps, at least 1
 * @param batchSize images in a minibatch, at least 1
 * @param objectiveSize images in the full objective; 0 for all
 * @param sampleSize images in a sample, even
 * @param threads number of evaluation threads, at least 1
 * @param seed seed of all random numbers
 */
public record BenchmarkSettings(
        Preset network,
        Optional<Path> data,
        int steps,
        int batchSize,
        int objectiveSize,
        int sampleSize,
        int threads,
        long seed) {

    /** @throws IllegalArgumentException when a number is out of range; the message names it */
    public BenchmarkSettings {
        require("steps", 1, steps);
        require("batch-size", 1, batchSize);
        require("objective-size", 0, objectiveSize);
        require("threads", 1, threads);
    }

    private static void require(String name, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ". Found: " + value);
        }
    }
}
