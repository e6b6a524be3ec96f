package io.lossledger.standalone.commands;

import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableSink;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.ResultOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.ChosenRuns;
import io.lossledger.streams.raw.RunPresence;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.Replay;
import io.lossledger.streams.replay.ReplayProgress;
import io.lossledger.streams.replay.ReplayReport;
import io.lossledger.streams.replay.ReplaySettings;
import io.lossledger.streams.replay.ReplayedRun;
import io.lossledger.streams.replay.TopicSink;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger replay}. */
@Command(
        name = "replay",
        description = "Processes the raw records of runs again, with other settings, into other topics or a file.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "With the settings that the processor had, the rows are the same, bit for bit.",
            "Rows are written in transactions, so the topics contain only whole steps, even",
            "after Ctrl-C or a crash. A file is complete or does not exist. A run that is in",
            "progress, or never ended, is booked up to its newest step and stays open.",
            "",
            "With --from-step or --to-step the books begin and end with these steps: sums",
            "start at zero, earlier and later steps are neither booked nor missing, and open",
            "windows close at the last one. The outcome is that of the run only if it ended",
            "there. A chord (--every) that reaches beyond this range is omitted.",
            "",
            "--rule uses the nodes that were sent. A step that was averaged by another rule,",
            "or lacks a node that the rule needs, ends the replay with an error. With",
            "--partial, the step is omitted and counts as missing.",
            "",
            "Examples:",
            "  lossledger replay --run digits-1 --to-prefix replay. --window 10,1000",
            "  lossledger replay --run digits-1,digits-2 --to-prefix fo. --rule first-order",
            "  lossledger replay --run digits-1 --to-prefix early. --to-step 99 --parameters",
            "  lossledger replay --run digits-1 --to digits-1.duckdb --window 10",
            "  lossledger live --topic-prefix replay.    to look at it"
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Mixin
    ResultOptions results = new ResultOptions();

    @Option(names = "--run", paramLabel = "ID", split = ",", description = "Runs to process again.")
    List<String> runs = List.of();

    @Option(names = "--all", description = "Processes all runs.")
    boolean all;

    @Option(names = "--from-step", paramLabel = "N", description = "First step to process. Default: the run's first")
    int fromStep = StepRange.ALL.from();

    @Option(names = "--to-step", paramLabel = "N", description = "Last step to process. Default: the run's last")
    int toStep = StepRange.ALL.to();

    @Option(
            names = "--rule",
            paramLabel = "NAME",
            description = "Quadrature rule: first-order, trapezoid, midpoint or simpson-2 ... simpson-32. Default:"
                    + " the best rule that the recorded nodes allow")
    @Nullable
    String rule;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    Target target;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "duckdb",
            description =
                    "Format of --to: duckdb writes one file; parquet and csv write a folder with a file for each table."
                            + " Default: ${DEFAULT-VALUE}")
    ExportFormat format = ExportFormat.DUCKDB;

    @Option(names = "--partial", description = "Continues if some steps cannot be booked; these count as missing.")
    boolean partial;

    @Option(
            names = "--force",
            description =
                    "Writes even if the run already has rows. Readers then see both sets, one after the other. A file is"
                            + " replaced.")
    boolean force;

    /** Where rows go. */
    static final class Target {
        @Option(
                names = "--to-prefix",
                paramLabel = "PREFIX",
                description =
                        "Prefix of the topics to write. Topics that are missing are created. Required unless --to is given.")
        @Nullable
        String prefix;

        @Option(
                names = "--to",
                paramLabel = "PATH",
                description =
                        "File or folder to write instead, as export does. It appears under its name only when it is complete.")
        @Nullable
        Path path;
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ResultSettings booking = results.results();
        StepRange range = range();
        Optional<Quadrature> wantedRule = rule();
        results.format();
        if (kafka.topicPrefix.equals(target.prefix)) {
            throw new UserException("--to-prefix: must differ from --topic-prefix. Found: " + target.prefix);
        }
        kafka.connect().close();
        Map<String, Object> client = kafka.clientConfig();
        ReplaySettings settings =
                new ReplaySettings(kafka.topicPrefix, chosen(client), range, wantedRule, booking, partial);
        var manifests = ChosenRuns.read(client, kafka.topicPrefix, settings.runs());
        RunManifests.requireTopic(client, LedgerTopic.UPDATE.named(kafka.topicPrefix));
        if (target.prefix != null) {
            return replayToTopics(target.prefix, settings, client, manifests.values());
        }
        return replayToFile(Objects.requireNonNull(target.path), settings, client);
    }

    private int replayToTopics(
            String prefix, ReplaySettings settings, Map<String, Object> client, Collection<RunManifest> manifests)
            throws InterruptedException {
        List<String> created = kafka.createTopics(topics.settings(prefix));
        if (!force && !created.contains(LedgerTopic.STEP.named(prefix))) {
            Optional<String> there = RunPresence.find(client, LedgerTopic.STEP.named(prefix), manifests);
            if (there.isPresent()) {
                throw new UserException(
                        "--to-prefix: must be the prefix of topics without rows of the run (--force adds rows). Found: "
                                + there.get() + " has rows in " + LedgerTopic.STEP.named(prefix));
            }
        }
        String id = "lossledger-replay-" + prefix
                + Integer.toHexString(settings.runs().hashCode());
        try (ReplayStop stop = new ReplayStop();
                TopicSink sink = TopicSink.open(client, prefix, results.format(), id)) {
            Replay replay = new Replay(settings, client, sink);
            ReplayReport report;
            try {
                report = run(replay, stop);
            } catch (RuntimeException e) {
                if (!replay.committed().isEmpty()) {
                    err().println("lossledger: the replay failed; before that, it wrote " + ends(replay.committed()));
                }
                throw e;
            }
            if (report.stopped()) {
                err().println("lossledger: stopped; the replay wrote " + ends(report.runs()));
            }
            return tell(report);
        }
    }

    private int replayToFile(Path path, ReplaySettings settings, Map<String, Object> client)
            throws InterruptedException {
        try (ReplayStop stop = new ReplayStop();
                TableExport tables = TableExport.create(path, format, force)) {
            ReplayReport report = run(new Replay(settings, client, new TableSink(tables)), stop);
            if (report.stopped()) {
                err().println("lossledger: stopped; nothing was written");
            } else {
                tables.finish();
            }
            return tell(report);
        } catch (UncheckedIOException e) {
            throw ExportTarget.refused("--to", path, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw ExportTarget.refused("--to", path, e);
        }
    }

    private ReplayReport run(Replay replay, ReplayStop stop) throws InterruptedException {
        ProgressLine line = new ProgressLine(err());
        stop.tell(replay);
        try {
            return replay.run(progress -> line.show(text(progress)));
        } finally {
            line.clear();
        }
    }

    /** Is closed last, when what the replay wrote is in order. */
    private static final class ReplayStop implements AutoCloseable {
        private final AtomicReference<@Nullable Replay> replay = new AtomicReference<>();
        private final StopSignal signal = StopSignal.install(this::stop);

        void tell(Replay started) {
            replay.set(started);
            if (signal.isAsked()) {
                stop();
            }
        }

        private void stop() {
            Replay started = replay.get();
            if (started != null) {
                started.stop();
            }
        }

        @Override
        public void close() {
            signal.close();
        }
    }

    private int tell(ReplayReport report) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = err();
        report.runs().forEach((name, run) -> {
            out.println("run=" + name + " steps=" + run.firstStep() + ".." + run.lastStep() + " booked=" + run.steps()
                    + " missing=" + run.missingSteps() + " end=" + (run.finished() ? "closed" : "open"));
            if (!run.finished() && !report.stopped()) {
                err.println("lossledger: run " + name + " has not ended, so its windows and alerts stay open");
            }
        });
        long refused =
                report.refused().values().stream().mapToLong(Long::longValue).sum();
        ReplayProgress progress = report.progress();
        out.printf(
                Locale.ROOT,
                "%s: runs=%d steps=%d missing=%d rows=%d duplicates=%d refused=%d seconds=%.2f mib/s=%.0f"
                        + " times-real-time=%.1f%n",
                report.stopped() ? "stopped" : "replayed",
                report.runs().size(),
                progress.steps(),
                report.runs().values().stream()
                        .mapToLong(ReplayedRun::missingSteps)
                        .sum(),
                report.rows(),
                report.duplicates(),
                refused,
                progress.seconds(),
                progress.bytesPerSecond() / MIB,
                progress.timesRealTime());
        report.refused()
                .forEach((reason, count) -> err.println("lossledger: " + count + (count == 1 ? " record" : " records")
                        + " could not be booked: " + reason));
        if (report.stopped()) {
            return ExitCode.FAILED;
        }
        return refused > 0 ? ExitCode.NOT_BOOKED : 0;
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private static String ends(SortedMap<String, ReplayedRun> runs) {
        return runs.isEmpty()
                ? "nothing"
                : runs.entrySet().stream()
                        .map(run ->
                                run.getKey() + " up to step " + run.getValue().lastStep())
                        .collect(Collectors.joining(", "));
    }

    private static String text(ReplayProgress progress) {
        return String.format(
                Locale.ROOT,
                "%d steps, %.0f %%, %.0f MiB/s, %.1f times real time, %s left",
                progress.steps(),
                100 * progress.fraction(),
                progress.bytesPerSecond() / MIB,
                progress.timesRealTime(),
                ProgressLine.time(progress.secondsLeft()));
    }

    private SortedSet<String> chosen(Map<String, Object> client) {
        if (all == !runs.isEmpty()) {
            throw new UserException("--run: must be set, or --all instead of it. Found: " + (all ? "both" : "neither"));
        }
        return all ? new TreeSet<>(RunManifests.read(client, kafka.topicPrefix).keySet()) : new TreeSet<>(runs);
    }

    private StepRange range() {
        if (fromStep < 0) {
            throw new UserException("--from-step: must be at least 0. Found: " + fromStep);
        }
        if (toStep < fromStep || toStep > StepRange.ALL.to()) {
            throw new UserException("--to-step: must be from " + fromStep + " (--from-step) to " + StepRange.ALL.to()
                    + ". Found: " + toStep);
        }
        return new StepRange(fromStep, toStep);
    }

    private Optional<Quadrature> rule() {
        if (rule == null) {
            return Optional.empty();
        }
        Optional<Quadrature> named = Quadrature.named(rule);
        if (named.isEmpty()) {
            throw new UserException(
                    "--rule: must be simpson-2 ... simpson-32, midpoint, trapezoid or first-order. Found: " + rule);
        }
        return named;
    }
}
