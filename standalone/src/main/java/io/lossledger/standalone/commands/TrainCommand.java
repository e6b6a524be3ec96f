package io.lossledger.standalone.commands;

import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.bench.ClassCheck;
import io.lossledger.standalone.http.ServedMetrics;
import io.lossledger.standalone.http.TrainerHttp;
import io.lossledger.standalone.options.BalanceOptions;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.MetricsOptions;
import io.lossledger.standalone.options.OptionGroup;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.options.TrainOptions;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.StepProgress;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.Ticker;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger train}. */
@Command(
        name = "train",
        description = "Trains a network and sends every step to Kafka, measured or recorded.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The processor may start before or after the training: nothing is lost. When a",
            "processor runs, it closes the books, and the exit code reports whether they",
            "balance. Without a processor the run is not verified.",
            "",
            "Examples:",
            "  lossledger train --steps 500 --optimizer momentum --run momentum-1",
            "  lossledger train --objective train,validation,classes --every 5",
            "  lossledger train --data ~/mnist --bootstrap-server kafka:9092 --float64",
            "  lossledger train --http-port 9405    and then curl localhost:9405/metrics",
            "  lossledger train --network mnist-lenet --optimizer adam --schedule cosine:1000",
            "  lossledger train --layer output:lr=0.1,momentum=0.5 --optimizer momentum",
            "  lossledger train --record --run fast-1    and then measure --run fast-1"
        })
public final class TrainCommand implements Callable<Integer> {
    private static final int MAX_CHUNK_KIB = 1 << 20;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Mixin
    TrainOptions training = new TrainOptions();

    @OptionGroup("Measuring")
    @Option(
            names = "--record",
            description = "Measures nothing here, but sends the parameters before each step. Workers measure them"
                    + " elsewhere or later (lossledger measure). Not with --parts or --objective sampled.")
    boolean record;

    @Mixin
    BalanceOptions balance = new BalanceOptions();

    @Option(
            names = "--chunk-kib",
            paramLabel = "KIB",
            defaultValue = "256",
            description = "Maximum size of the update and gradients in one record, in KiB. Default: ${DEFAULT-VALUE}")
    int chunkKib = PublisherSettings.DEFAULT_CHUNK_BYTES >> 10;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description =
                    "Seconds to wait, after the training, for a processor to close the run. Default: ${DEFAULT-VALUE}")
    int waitSeconds = 10;

    @OptionGroup("New topics")
    @Option(names = "--no-create-topics", description = "Refuses to start when topics are missing.")
    boolean noCreateTopics;

    @Mixin
    MetricsOptions http = new MetricsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (waitSeconds < 0) {
            throw new UserException("--wait: must be 0 or more seconds. Found: " + waitSeconds);
        }
        TrainSettings settings = record ? training.settings().recorded() : training.settings();
        if (record) {
            training.measuring.requireNoForm();
        }
        balance.tolerance(); // reports a wrong one before anything starts
        TopicSettings topicSettings = topics.settings(kafka.topicPrefix);
        PublisherSettings publishing =
                training.measuring.publishing(kafka.topicPrefix, chunkBytes(), kafka.clientConfig());
        Optional<Integer> port = http.port();
        training.measuring.patienceWarning().ifPresent(this::warn);
        prepareTopics(topicSettings);
        if (port.isEmpty()) {
            return train(new Trainer(settings, publishing), settings, out);
        }
        ServedMetrics metrics = new ServedMetrics(kafka.topicPrefix);
        try (TrainerHttp server = new TrainerHttp(http.host, port.get(), metrics)) {
            out.println("the trainer serves http://" + http.host + ":" + server.port()
                    + " /health/live /health/ready /metrics");
            return train(new Trainer(settings, publishing, Optional.of(metrics.registry())), settings, out);
        }
    }

    /** Of the topics, a trainer needs only those that it writes to. */
    private void prepareTopics(TopicSettings settings) throws InterruptedException {
        Set<LedgerTopic> written = EnumSet.of(LedgerTopic.UPDATE, LedgerTopic.RUN);
        if (record) {
            written.add(LedgerTopic.TRAJECTORY);
        }
        if (!noCreateTopics) {
            kafka.createTopics(settings, written);
        }
        kafka.topicWarnings(written).forEach(this::warn);
    }

    private void warn(String warning) {
        spec.commandLine().getErr().println("lossledger: " + warning);
    }

    private int train(Trainer trainer, TrainSettings settings, PrintWriter out) throws IOException {
        try (StopSignal stop = StopSignal.install(trainer::stop);
                RunVerification books = new RunVerification(
                        kafka.clientConfig(),
                        kafka.topicPrefix,
                        settings.run(),
                        settings.objectives().first(),
                        balance.tolerance(),
                        record ? howToMeasure(settings) : "")) {
            out.println("run " + settings.run() + " at " + kafka.bootstrapServers());
            StepProgress progress = new StepProgress(settings.steps());
            StepTable table = new StepTable(out, progress, record);
            table.head();
            Ticker ticker = new Ticker();
            ClassCheck classes = new ClassCheck();
            stop.exitWith(ExitCode.RECORDS_LOST); // when even the end cannot be sent in time
            trainer.onRecorded(segment -> {
                progress.at(segment.step(), segment.stepsCovered());
                if (ticker.isDue() || progress.isLast()) {
                    table.show(segment);
                }
            });
            PublishReport report = trainer.run(measured -> {
                classes.accept(measured);
                progress.at(measured.step(), measured.stepsCovered());
                if (ticker.isDue() || progress.isLast()) {
                    table.show(measured);
                }
            });
            if (stop.isAsked()) {
                out.println("the training stopped before its last step; the steps that were sent stay booked");
            }
            classes.print(out);
            int sent = summarize(out, settings, report);
            stop.exitWith(sent);
            return books.finish(
                    out, spec.commandLine().getErr(), report, Duration.ofSeconds(waitSeconds), stop::isAsked);
        }
    }

    private static String howToMeasure(TrainSettings settings) {
        return "; measure it with: lossledger measure --run " + settings.run()
                + settings.data().map(folder -> " --data " + folder).orElse("");
    }

    private int chunkBytes() {
        if (chunkKib < 1 || chunkKib > MAX_CHUNK_KIB) {
            throw new UserException("--chunk-kib: must be from 1 to " + MAX_CHUNK_KIB + ". Found: " + chunkKib);
        }
        return chunkKib << 10;
    }

    static int summarize(PrintWriter out, TrainSettings settings, PublishReport report) {
        out.printf(
                Locale.ROOT,
                "%s: run=%s steps=%d records=%d bytes=%d lost=%d skipped=%d%s%n",
                settings.record() ? "recorded" : "sent",
                settings.run(),
                report.steps(),
                report.records(),
                report.bytes(),
                report.failedRecords(),
                report.skippedSteps(),
                report.skippedSteps() == 0 ? "" : " " + report.skipped());
        return report.lostAnything() ? ExitCode.RECORDS_LOST : 0;
    }
}
