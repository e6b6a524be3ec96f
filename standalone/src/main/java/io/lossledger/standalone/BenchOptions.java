package io.lossledger.standalone;

import io.lossledger.producer.train.BenchmarkSettings;
import io.lossledger.producer.train.Preset;
import io.lossledger.producer.train.TrainSettings;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a benchmark trains. */
final class BenchOptions {
    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mnist-fc",
            description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    Preset network = Preset.MNIST_FC;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder with a data set. Default: generated images")
    @Nullable
    Path data;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "100",
            description = "Optimizer steps. Default: ${DEFAULT-VALUE}")
    int steps = 100;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_BATCH_SIZE,
            description = "Images in a minibatch. Default: ${DEFAULT-VALUE}")
    int batchSize = TrainSettings.DEFAULT_BATCH_SIZE;

    @Option(
            names = "--objective-size",
            paramLabel = "N",
            defaultValue = "0",
            description = "Images that the full objective of accuracy is taken over; 0: all. Default: ${DEFAULT-VALUE}")
    int objectiveSize;

    @Option(
            names = "--sample-size",
            paramLabel = "N",
            defaultValue = "250",
            description = "Images in a sample, even. Default: ${DEFAULT-VALUE}")
    int sampleSize = 250;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that evaluate. Default: one for each processor")
    @Nullable
    Integer threads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_SEED,
            description = "Seed of everything. Default: ${DEFAULT-VALUE}")
    long seed = TrainSettings.DEFAULT_SEED;

    BenchmarkSettings settings() {
        return new BenchmarkSettings(
                network,
                Optional.ofNullable(data),
                steps,
                batchSize,
                objectiveSize,
                sampleSize,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                seed);
    }
}
