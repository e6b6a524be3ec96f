package io.lossledger.standalone.bench;

import io.lossledger.trainer.Preset;
import io.lossledger.trainer.TrainSettings;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The network of a benchmark, and what it is fed with. */
final class BenchNetworkOptions {
    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mnist-fc",
            description = "Network: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    Preset network = Preset.MNIST_FC;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder with a data set. Default: generated images")
    @Nullable
    Path data;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that evaluate. Default: one per CPU core")
    @Nullable
    Integer threads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_SEED,
            description = "Seed of everything that is random. Default: ${DEFAULT-VALUE}")
    long seed = TrainSettings.DEFAULT_SEED;

    Optional<Path> data() {
        return Optional.ofNullable(data);
    }

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
