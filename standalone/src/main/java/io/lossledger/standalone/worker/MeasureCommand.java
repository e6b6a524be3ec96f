package io.lossledger.standalone.worker;

import io.lossledger.producer.dl4j.Checkpoints;
import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.producer.worker.MeasureWorker;
import io.lossledger.producer.worker.WorkerListener;
import io.lossledger.producer.worker.WorkerProgress;
import io.lossledger.producer.worker.WorkerSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.standalone.http.ServedMetrics;
import io.lossledger.standalone.http.TrainerHttp;
import io.lossledger.standalone.options.EvaluatorOptions;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.MetricsOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.CheckpointSettings;
import io.lossledger.trainer.RecordedTraining;
import io.lossledger.trainer.RecordedTraining.Question;
import io.lossledger.trainer.TrainSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger measure}. */
@Command(
        name = "measure",
        description =
                "Measures recorded runs (train --record), on any number of machines, during the training or later.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Start as many workers as you like, before, during or after the training: they",
            "share the work, and when one dies, another one measures what it had begun.",
            "With --run, a worker ends when all of the run is measured; with --all it waits",
            "for more.",
            "",
            "Examples:",
            "  lossledger measure --run fc-1                    what the run declares",
            "  lossledger measure --all --data ~/mnist          recorded runs of these images",
            "  lossledger measure --run fc-1 --as fc-1-threes --objective class=3",
            "  lossledger measure --run fc-1 --as fc-1-exact --max-splits 16 --float64",
            "  lossledger measure --run old-1 --checkpoints saved --data ~/mnist"
        })
public final class MeasureCommand implements Callable<Integer> {
    private static final int MEBI_BITS = 20;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Option(names = "--run", paramLabel = "RUN", description = "The recorded run to measure.")
    @Nullable
    String run;

    @Option(names = "--all", description = "Measures every recorded run that fits the data set, and waits for more.")
    boolean all;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder with the images that the run was trained on. Default: the generated ones")
    @Nullable
    Path data;

    @Option(
            names = "--checkpoints",
            paramLabel = "DIR",
            description =
                    "Folder with networks that DL4J's ModelSerializer saved during a training (*.zip). They become the"
                            + " run that --run names, with the chord from each network to the next as a segment, and are measured.")
    @Nullable
    Path checkpoints;

    @Option(
            names = "--objective-size",
            paramLabel = "N",
            defaultValue = "0",
            description = "With --checkpoints: measures the train loss on a stratified sample of N images. 0 means all"
                    + " images. Default: ${DEFAULT-VALUE}")
    int objectiveSize;

    @Mixin
    QuestionOptions asking = new QuestionOptions();

    @Option(
            names = "--form",
            paramLabel = "NAME",
            defaultValue = "sums",
            description = "What is sent: sums by layer and unit, or vectors, which a replay can allocate again."
                    + " Default: ${DEFAULT-VALUE}")
    UpdateForm form = UpdateForm.SUMS;

    @Mixin
    EvaluatorOptions evaluating = new EvaluatorOptions();

    @Option(
            names = "--ahead-mib",
            paramLabel = "MIB",
            defaultValue = "" + (WorkerSettings.DEFAULT_AHEAD_BYTES >> MEBI_BITS),
            description = "About how much of what is measured may wait in the processor for a block that another worker"
                    + " measures. Default: ${DEFAULT-VALUE}")
    int aheadMib;

    @Mixin
    MetricsOptions http = new MetricsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        kafka.connect().close();
        if (all == (run != null)) {
            throw new UserException("--run: must be set, or --all instead of it. Found: " + (all ? "both" : "neither"));
        }
        Optional<Question> question = checkpoints == null ? asking.question() : Optional.empty();
        WorkerSettings settings = settings(question);
        RecordedTraining trainings = new RecordedTraining(
                Optional.ofNullable(data),
                question,
                evaluating.threads(),
                evaluating.evaluator,
                evaluating.verify,
                form);
        Optional<Integer> port = http.port();
        kafka.createTopics(
                topics.settings(kafka.topicPrefix),
                EnumSet.of(LedgerTopic.UPDATE, LedgerTopic.TRAJECTORY, LedgerTopic.RUN));
        CommandRights.require(spec);
        if (checkpoints == null) {
            sayIfMissing();
        } else {
            recordCheckpoints(checkpoints);
        }
        Lines lines = new Lines();
        try (MeasureWorker worker = new MeasureWorker(settings, trainings::open, lines);
                StopSignal stop = StopSignal.install(worker::stop)) {
            lines.worker = worker;
            if (port.isEmpty()) {
                return measure(worker, stop, lines);
            }
            ServedMetrics metrics = new ServedMetrics(kafka.topicPrefix);
            new WorkerMetrics(worker).bindTo(metrics.registry());
            try (TrainerHttp server = new TrainerHttp(http.host, port.get(), metrics)) {
                out().println("the worker serves http://" + http.host + ":" + server.port()
                        + " /health/live /health/ready /metrics");
                return measure(worker, stop, lines);
            }
        }
    }

    private void recordCheckpoints(Path folder) throws IOException {
        if (run == null || data == null || asking.as != null) {
            throw new UserException("--checkpoints: must be used with --run and --data, and without --as. Found: --run "
                    + run + ", --data " + data + ", --as " + asking.as);
        }
        Checkpoints networks = Checkpoints.in(folder);
        PublishReport report = new CheckpointSettings(
                        run,
                        networks,
                        data,
                        asking.objectives(),
                        objectiveSize,
                        EvaluationPool.CHUNK_EXAMPLES,
                        asking.change(MeasureSettings.DEFAULT),
                        TrainSettings.DEFAULT_SEED)
                .record(new PublisherSettings(
                        kafka.topicPrefix,
                        PublisherSettings.DEFAULT_CHUNK_BYTES,
                        PublisherSettings.DEFAULT_PATIENCE,
                        kafka.clientConfig()));
        out().printf(
                        Locale.ROOT,
                        "recorded: run=%s networks=%d first-step=%d every=%d lost=%d%n",
                        run,
                        networks.files().size(),
                        networks.firstStep(),
                        networks.every(),
                        report.failedRecords());
    }

    private WorkerSettings settings(Optional<Question> question) {
        if (aheadMib < 1) {
            throw new UserException("--ahead-mib: must be at least 1. Found: " + aheadMib);
        }
        return new WorkerSettings(
                kafka.topicPrefix,
                kafka.clientConfig(),
                Optional.ofNullable(run),
                question.map(Question::as),
                form,
                (long) aheadMib << MEBI_BITS,
                BuildName.text());
    }

    private void sayIfMissing() {
        Map<String, ?> runs = RunManifests.read(kafka.clientConfig(), kafka.topicPrefix);
        if (run != null && !runs.containsKey(run)) {
            err().println("lossledger: run " + run + " is not there yet; waiting for its trainer");
        }
    }

    private int measure(MeasureWorker worker, StopSignal stop, Lines lines) {
        boolean complete;
        try {
            complete = worker.run();
        } finally {
            lines.clear();
        }
        WorkerProgress progress = worker.progress();
        out().printf(
                        Locale.ROOT,
                        "%s: segments=%d blocks=%d lost-steps=%d invalid-points=%d seconds=%.1f segments/s=%.2f%n",
                        complete ? "measured" : "stopped",
                        progress.segments(),
                        progress.blocks(),
                        progress.lostSteps(),
                        progress.invalidPoints(),
                        lines.seconds(),
                        progress.segments() / lines.seconds());
        int code = progress.invalidPoints() > 0
                ? ExitCode.NOT_BOOKED
                : progress.lostSteps() > 0 ? ExitCode.RECORDS_LOST : 0;
        stop.exitWith(code);
        return code;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** What the worker says. */
    private final class Lines implements WorkerListener {
        private final ProgressLine line = new ProgressLine(err());
        private final long started = System.nanoTime();
        private @Nullable MeasureWorker worker;
        private boolean saidInvalid;

        @Override
        public void blockWritten(String booked, int block, int segments, int lostSteps) {
            MeasureWorker measuring = worker;
            if (measuring != null) {
                WorkerProgress progress = measuring.progress();
                line.show(String.format(
                        Locale.ROOT,
                        "%d segments, %.2f a second, about %.0f steps wait",
                        progress.segments(),
                        progress.segments() / seconds(),
                        progress.waitingSteps()));
            }
            if (lostSteps > 0) {
                tell("run " + booked + ": " + lostSteps + " steps of block " + block + " are missing");
            }
        }

        @Override
        public void invalidPoint(String reason) {
            if (!saidInvalid) {
                saidInvalid = true;
                tell("a record of the trajectory is left out; later ones are only counted: " + reason);
            }
        }

        @Override
        public void lost(String booked, int steps) {
            tell("run " + booked + ": " + steps + " steps are missing, because their points are gone from the topic, or"
                    + " never came");
        }

        @Override
        public void leftOut(String left, String reason) {
            tell("run " + left + " is not measured here: " + reason);
        }

        @Override
        public void said(String text) {
            tell(text);
        }

        private void tell(String text) {
            line.clear();
            err().println("lossledger: " + text);
        }

        double seconds() {
            return (System.nanoTime() - started) / 1e9;
        }

        void clear() {
            line.clear();
        }
    }
}
