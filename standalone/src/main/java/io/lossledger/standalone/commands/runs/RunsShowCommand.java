package io.lossledger.standalone.commands.runs;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RecordedTrajectory;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.RunLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.raw.ChosenRuns;
import io.lossledger.streams.raw.RunPresence;
import io.lossledger.streams.raw.RunRecords;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger runs show}. */
@Command(
        name = "show",
        description = "Shows a run's description and which of its records exist.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  lossledger runs show digits-1"})
final class RunsShowCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    String run = "";

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.connect().close();
        Map<String, Object> client = kafka.clientConfig();
        RunManifest manifest = Objects.requireNonNull(
                ChosenRuns.read(client, kafka.topicPrefix, List.of(run)).get(run));
        showManifest(manifest, RunManifests.read(client, kafka.topicPrefix));
        showRows(client, manifest);
        return 0;
    }

    private void showManifest(RunManifest manifest, Map<String, RunManifest> all) {
        line("run", manifest.getRun());
        String failure = manifest.getFailure();
        line("status", RunLine.status(manifest.getStatus()) + (failure.isEmpty() ? "" : ": " + failure));
        manifest.getWarningsList().forEach(warning -> line("warning", warning));
        line("started", RunLine.started(manifest));
        line("took", RunLine.duration(manifest));
        line(
                "steps",
                RunLine.steps(manifest)
                        + (manifest.getEvery() > 1 ? ", measured every " + manifest.getEvery() : "")
                        + (manifest.getSkippedSteps() > 0 ? ", " + manifest.getSkippedSteps() + " skipped" : ""));
        line("model", manifest.getModel());
        line(
                "layers",
                manifest.getLayersList().stream().map(LayerManifest::getLayer).collect(Collectors.joining(", ")));
        line("parameters", String.format(java.util.Locale.ROOT, "%,.0f", manifest.getParameters()));
        line(
                "objectives",
                manifest.getObjectivesList().stream()
                        .map(RunsShowCommand::objective)
                        .collect(Collectors.joining(", ")));
        line("rule", manifest.getRule());
        line("data set", manifest.getDataSet());
        line("optimizer", manifest.getOptimizer());
        showRelations(manifest, all);
        line(
                "versions",
                new TreeMap<>(manifest.getVersionsMap())
                        .entrySet().stream()
                                .map(version -> version.getKey() + " " + version.getValue())
                                .collect(Collectors.joining(", ")));
    }

    private void showRelations(RunManifest manifest, Map<String, RunManifest> all) {
        if (RecordedTrajectory.isAsked(manifest)) {
            String recorded = manifest.getTrajectory().getRecordedRun();
            line(
                    "asks",
                    RecordedTrajectory.question(manifest, all.get(recorded)) + " of the trajectory of " + recorded);
        } else if (!manifest.getParentRun().isEmpty()) {
            line("resumes", manifest.getParentRun() + " at step " + manifest.getParentStep());
        }
        if (manifest.hasTrajectory() && !RecordedTrajectory.isAsked(manifest)) {
            line("recorded", "yes; workers measure it");
            String asking = all.values().stream()
                    .filter(each -> run.equals(each.getTrajectory().getRecordedRun()))
                    .map(RunManifest::getRun)
                    .sorted()
                    .collect(Collectors.joining(", "));
            if (!asking.isEmpty()) {
                line("asked by", asking);
            }
        }
    }

    private static String objective(ObjectiveManifest objective) {
        boolean sampled = objective.getKind() == ObjectiveKind.OBJECTIVE_KIND_SAMPLED;
        return objective.getName()
                + (sampled ? " (sampled)" : "")
                + (objective.getExamples() > 0 ? " of " + objective.getExamples() : "");
    }

    private void showRows(Map<String, Object> client, RunManifest manifest) throws InterruptedException {
        boolean raw = RunPresence.find(client, LedgerTopic.UPDATE.named(kafka.topicPrefix), List.of(manifest))
                .isPresent();
        line("raw records", raw ? "some in " + LedgerTopic.UPDATE.named(kafka.topicPrefix) : "none");
        line("trajectory", trajectory(client, manifest));
        int first = Integer.MAX_VALUE;
        int last = -1;
        long rows = 0;
        try (RunRecords steps = RunRecords.open(client, LedgerTopic.STEP.named(kafka.topicPrefix), List.of(manifest))) {
            while (!steps.isAtEnd()) {
                Optional<ConsumerRecord<byte[], byte[]>> row = steps.next(PATIENCE);
                if (row.isPresent()) {
                    int step = step(row.get().value());
                    first = Math.min(first, step);
                    last = Math.max(last, step);
                    rows++;
                }
            }
        }
        line("booked", rows == 0 ? "no step" : "steps " + first + ".." + last);
        for (LedgerTopic topic : List.of(LedgerTopic.WINDOW, LedgerTopic.MOMENT, LedgerTopic.ALERT)) {
            line(topic.named("") + " rows", Long.toString(count(client, topic, manifest)));
        }
    }

    /** A topic that need not exist, and that few may read. */
    private String trajectory(Map<String, Object> client, RunManifest manifest) throws InterruptedException {
        if (RecordedTrajectory.isAsked(manifest)) {
            return "that of " + manifest.getTrajectory().getRecordedRun();
        }
        String topic = LedgerTopic.TRAJECTORY.named(kafka.topicPrefix);
        try {
            return RunPresence.find(client, topic, List.of(manifest)).isPresent() ? "some in " + topic : "none";
        } catch (IllegalArgumentException e) {
            return "none";
        } catch (AuthorizationException e) {
            return "not known, as there is no right to read " + topic;
        }
    }

    private long count(Map<String, Object> client, LedgerTopic topic, RunManifest manifest)
            throws InterruptedException {
        long count = 0;
        try (RunRecords rows = RunRecords.open(client, topic.named(kafka.topicPrefix), List.of(manifest))) {
            while (!rows.isAtEnd()) {
                count += rows.next(PATIENCE).isPresent() ? 1 : 0;
            }
        }
        return count;
    }

    private static int step(byte[] value) {
        StepRow.Builder row = StepRow.newBuilder();
        try {
            boolean json = value.length > 0 && value[0] == '{';
            (json ? RowFormat.JSON : RowFormat.PROTOBUF).merge(value, row);
        } catch (InvalidProtocolBufferException e) {
            throw new UserException("rows: must be of lossledger.step. Found: one that cannot be read", e);
        }
        return row.getStep();
    }

    private void line(String name, String value) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-12s  %s%n", name, value.isEmpty() ? "-" : value);
    }
}
