package io.lossledger.standalone.commands.runs;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.DefaultObjective;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RecordedTrajectory;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.ClosingRows;
import io.lossledger.standalone.options.BalanceOptions;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.KafkaFaults;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.RunLine;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
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
            "Of runs that have ended, it shows the loss at the start and at the end, whether",
            "the books balance (✓ or ✗; – if they do but steps are missing), the layer that",
            "helped most, with its share, and the layer that hurt most, with its ΣLCA; all",
            "for the objective that live opens with. The trajectory is recorded, or that of",
            "another run, of which this one asks something else.",
            "",
            "Examples:",
            "  lossledger runs list",
            "  lossledger runs list --json | jq -r 'select(.status|endswith(\"FAILED\")).run'"
        })
final class RunsListCommand implements Callable<Integer> {
    private static final List<String> HEADER = List.of(
            "run",
            "status",
            "started",
            "took",
            "steps",
            "loss",
            "books",
            "helped most",
            "hurt most",
            "trajectory",
            "model");
    private static final Set<String> RIGHT = Set.of("took", "steps", "loss");
    private static final int SHOW_EVERY = 256;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    BalanceOptions balance = new BalanceOptions();

    @Option(names = "--json", description = "Prints the whole manifest of each run as one line of JSON.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        balance.tolerance(); // reports a wrong one before it needs Kafka
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
        print(runs, closingRows(runs), out);
        return 0;
    }

    /** The closing balances of the runs, as far as they exist and may be read. */
    private Map<String, ClosingRows> closingRows(List<RunManifest> runs) {
        Map<String, ClosingRows> closing = new HashMap<>();
        for (RunManifest run : runs) {
            DefaultObjective shown = DefaultObjective.of(run);
            closing.put(run.getRun(), new ClosingRows(shown.name(), shown.stratum()));
        }
        ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        AtomicLong read = new AtomicLong();
        try (LedgerReader ledger = LedgerReader.connect(kafka.clientConfig(), kafka.topicPrefix)) {
            ledger.read(WindowRow.class, row -> {
                ClosingRows rows = closing.get(row.getRun());
                if (rows != null) {
                    rows.accept(row);
                }
                if (read.incrementAndGet() % SHOW_EVERY == 0) {
                    line.show(String.format(Locale.ROOT, "%,d rows of windows read", read.get()));
                }
            });
        } catch (IllegalArgumentException | KafkaException e) { // the list itself needs only the manifests
            line.clear();
            String reason = KafkaFaults.ofUser(e).orElse(String.valueOf(e.getMessage()));
            spec.commandLine()
                    .getErr()
                    .println("lossledger: results are not shown, because " + LedgerTopic.WINDOW.named(kafka.topicPrefix)
                            + " cannot be read: " + reason);
        }
        line.clear();
        return closing;
    }

    private static String trajectory(RunManifest run) {
        return RecordedTrajectory.of(run)
                .map(recorded -> recorded.equals(run.getRun()) ? "recorded" : "of " + recorded)
                .orElse("-");
    }

    private void print(List<RunManifest> runs, Map<String, ClosingRows> closing, PrintWriter out) {
        List<List<String>> table = new ArrayList<>();
        table.add(HEADER);
        for (RunManifest run : runs) {
            ClosingRows rows = closing.get(run.getRun());
            ClosingLine result = rows == null ? ClosingLine.OPEN : ClosingLine.of(rows, balance.tolerance());
            table.add(List.of(
                    run.getRun(),
                    RunLine.status(run.getStatus()),
                    RunLine.started(run),
                    RunLine.duration(run),
                    RunLine.steps(run),
                    result.loss(),
                    result.books(),
                    result.best(),
                    result.worst(),
                    trajectory(run),
                    run.getModel()));
        }
        StringBuilder format = new StringBuilder();
        for (int column = 0; column < HEADER.size() - 1; column++) {
            int of = column;
            int width = table.stream()
                    .mapToInt(cells -> cells.get(of).length())
                    .max()
                    .orElseThrow();
            format.append(RIGHT.contains(HEADER.get(column)) ? "%" : "%-")
                    .append(width)
                    .append("s  ");
        }
        table.forEach(cells -> out.printf(format + "%s%n", cells.toArray()));
    }
}
