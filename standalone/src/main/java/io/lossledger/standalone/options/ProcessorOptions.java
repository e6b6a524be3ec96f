package io.lossledger.standalone.options;

import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.topology.ProcessorSettings;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How steps are balanced and rows are written. */
@OptionGroup("Processor")
public final class ProcessorOptions {
    @Mixin
    ResultOptions results = new ResultOptions();

    @Option(
            names = "--stream-threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Stream threads of the processor. Default: ${DEFAULT-VALUE}")
    int streamThreads;

    public ProcessorSettings settings(
            String bootstrapServers,
            String applicationId,
            TopicSettings topics,
            Path stateDir,
            Map<String, String> kafka) {
        return new ProcessorSettings(
                bootstrapServers,
                applicationId,
                topics,
                results.format(),
                results.results(),
                streamThreads,
                stateDir,
                kafka);
    }

    /** Whether the LCA of every parameter is written. */
    public boolean parameters() {
        return results.parameters;
    }

    /** Share of what moved up to which books balance. */
    public double residualTolerance() {
        return results.balance.tolerance();
    }

    /** @throws IllegalArgumentException when a value is out of its range, naming it */
    public void check() {
        settings("", "", TopicSettings.DEFAULT, Path.of(""), Map.of());
    }
}
