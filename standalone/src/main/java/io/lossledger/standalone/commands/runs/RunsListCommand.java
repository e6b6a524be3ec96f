package io.lossledger.standalone.commands.runs;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.RunLine;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger runs list}. */
@Command(
        name = "list",
        description = "Lists the runs, newest first.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  lossledger runs list",
            "  lossledger runs list --json | jq -r 'select(.status|endswith(\"FAILED\")).run'"
        })
final class RunsListCommand implements Callable<Integer> {
    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--json", description = "Prints the whole manifest of each run as one line of JSON.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.connect().close();
        List<RunManifest> runs = new ArrayList<>();
        // The key decides, whatever the manifest says.
        RunManifests.read(kafka.clientConfig(), kafka.topicPrefix)
                .forEach((run, manifest) ->
                        runs.add(manifest.toBuilder().setRun(run).build()));
        runs.sort(Comparator.comparing(RunManifest::getStarted, Timestamps.comparator())
                .reversed()
                .thenComparing(RunManifest::getRun));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            runs.forEach(run -> out.println(new String(RowFormat.JSON.serialize(run), StandardCharsets.UTF_8)));
            return 0;
        }
        int width = Math.max(
                "run".length(),
                runs.stream().mapToInt(run -> run.getRun().length()).max().orElse(0));
        String format = "%-" + width + "s  %-11s  %-20s  %10s  %12s  %s%n";
        out.printf(format, "run", "status", "started", "took", "steps", "model");
        for (RunManifest run : runs) {
            out.printf(
                    format,
                    run.getRun(),
                    RunLine.status(run.getStatus()),
                    RunLine.started(run),
                    RunLine.duration(run),
                    RunLine.steps(run),
                    run.getModel());
        }
        return 0;
    }
}
