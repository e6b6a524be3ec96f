package io.lossledger.trainer.bench;

import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.trainer.Preset;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@link EvaluationBenchmark} evaluates. Immutable.
 *
 * @param network the network
 * @param data folder with IDX or CIFAR-10 files; empty for generated images
 * @param examples images in the loss, generated or drawn from the folder; 0 for the whole folder, or for as many as a
 *     training generates
 * @param chunkExamples images evaluated together, at least 1; with batch norm, the batch of its statistics
 * @param type precision of the evaluation
 * @param evaluator the evaluator
 * @param threads number of evaluation threads, at least 1
 * @param seed seed of all random numbers
 */
public record EvaluationSettings(
        Preset network,
        Optional<Path> data,
        int examples,
        int chunkExamples,
        ElementType type,
        EvaluatorChoice evaluator,
        int threads,
        long seed) {

    /** @throws IllegalArgumentException when a number is out of range; the message names it */
    public EvaluationSettings {
        require("examples", 0, examples);
        require("chunk-examples", 1, chunkExamples);
        require("threads", 1, threads);
    }

    private static void require(String name, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ". Found: " + value);
        }
    }
}
