package io.lossledger.standalone.bench;

import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.bench.BenchmarkSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a benchmark trains. */
final class BenchOptions {
    @Mixin
    BenchNetworkOptions network = new BenchNetworkOptions();

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "100",
            description = "Number of optimizer steps. Default: ${DEFAULT-VALUE}")
    int steps = 100;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_BATCH_SIZE,
            description = "Images in each minibatch. Default: ${DEFAULT-VALUE}")
    int batchSize = TrainSettings.DEFAULT_BATCH_SIZE;

    @Option(
            names = "--objective-size",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Images of the full objective of 'accuracy', and of those that 'cost' is asked for. 0 means all images. Default: ${DEFAULT-VALUE}")
    int objectiveSize;

    @Option(
            names = "--sample-size",
            paramLabel = "N",
            defaultValue = "250",
            description = "Images in a sample; an even number. Default: ${DEFAULT-VALUE}")
    int sampleSize = 250;

    BenchmarkSettings settings() {
        return new BenchmarkSettings(
                network.network,
                network.data(),
                steps,
                batchSize,
                objectiveSize,
                sampleSize,
                network.threads(),
                network.seed);
    }
}
