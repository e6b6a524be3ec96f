package io.lossledger.standalone;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.ProcessorSettings;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** How steps are balanced and rows are written. */
final class ProcessorOptions {
    @Option(
            names = "--window-steps",
            paramLabel = "N",
            defaultValue = "" + ProcessorSettings.DEFAULT_WINDOW_STEPS,
            description = "Length of the windows over steps. Default: ${DEFAULT-VALUE}")
    int windowSteps;

    @Option(
            names = "--results-format",
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "How rows are written: json or protobuf. Default: ${DEFAULT-VALUE}")
    String resultsFormat = "json";

    @Option(
            names = "--stream-threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads of the processor. Default: ${DEFAULT-VALUE}")
    int streamThreads;

    ProcessorSettings settings(
            String bootstrapServers,
            String applicationId,
            TopicSettings topics,
            Path stateDir,
            Map<String, String> kafka) {
        return new ProcessorSettings(
                bootstrapServers,
                applicationId,
                topics,
                RowFormat.named(resultsFormat),
                windowSteps,
                streamThreads,
                stateDir,
                kafka);
    }
}
