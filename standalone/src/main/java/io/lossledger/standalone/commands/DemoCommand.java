package io.lossledger.standalone.commands;

import io.lossledger.dashboards.live.LiveServer;
import io.lossledger.dashboards.live.LiveSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.verdict.ClosingRows;
import io.lossledger.standalone.bench.ClassCheck;
import io.lossledger.standalone.broker.DiskRoom;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.standalone.http.ProcessorHttp;
import io.lossledger.standalone.http.ServedMetrics;
import io.lossledger.standalone.options.BrokerOptions;
import io.lossledger.standalone.options.ListenAddress;
import io.lossledger.standalone.options.ListenOptions;
import io.lossledger.standalone.options.OptionGroup;
import io.lossledger.standalone.options.ProcessorOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.options.TrainOptions;
import io.lossledger.standalone.terminal.DiskFullException;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.RunTable;
import io.lossledger.standalone.terminal.StepProgress;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.standalone.worker.DemoWorkers;
import io.lossledger.streams.LedgerProcessor;
import io.lossledger.streams.topology.ProcessorSettings;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.Trainer;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger demo}: broker, trainer and processor in this JVM. */
@Command(
        name = "demo",
        description = "Trains a network and balances every step, all in one process with its own Kafka.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "ΣLCA and residual are cumulative; help/all and help/≠0 are the shares of",
            "parameters that helped in the step.",
            "",
            "Examples:",
            "  lossledger demo",
            "  lossledger demo --steps 200 --exit-when-done",
            "  lossledger demo --optimizer adam --float64 --run adam-1",
            "  lossledger demo --objective train,validation,classes",
            "  lossledger demo --workers 2",
            "  lossledger demo --network mnist-lenet --layer output:frozen",
            "",
            "In another terminal, while it runs:",
            "  curl localhost:9404/metrics",
            "  kcat -b localhost:9092 -t lossledger.layer"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(2);

    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Mixin
    TrainOptions training = new TrainOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Mixin
    ProcessorOptions processing = new ProcessorOptions();

    @Mixin
    ListenOptions http = new ListenOptions();

    @OptionGroup("HTTP")
    @Option(
            names = "--live-port",
            paramLabel = "PORT",
            defaultValue = "" + LiveSettings.DEFAULT_PORT,
            description = "Port of the live page on localhost. 0 takes any free port. Default: ${DEFAULT-VALUE}")
    int livePort = LiveSettings.DEFAULT_PORT;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "0",
            description = "Records the training, and measures it with N workers beside it. 0: the trainer measures."
                    + " Default: ${DEFAULT-VALUE}")
    int workers;

    @Option(names = "--exit-when-done", description = "Exits after the run. Without it, Kafka stays up until Ctrl-C.")
    boolean exitWhenDone;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    /** Why the training had to stop: the disk is nearly full. */
    private Optional<String> shortage = Optional.empty();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (workers < 0) {
            throw new UserException("--workers: must be at least 0. Found: " + workers);
        }
        TrainSettings settings = workers > 0 ? training.settings().recorded() : training.settings();
        ListenAddress.requirePort("--live-port", livePort);
        processing.check(); // reports wrong options before anything starts
        TopicSettings topicSettings = topics.demoSettings(TopicSettings.DEFAULT_PREFIX);
        int port = EmbeddedBroker.freePort(broker.port); // known before anything that connects to it
        String address = "localhost:" + port;
        Map<String, Object> kafka = Map.of("bootstrap.servers", address);
        ServedMetrics metrics = new ServedMetrics(topicSettings.prefix());
        Trainer trainer = new Trainer(
                settings,
                training.measuring.publishing(topicSettings.prefix(), PublisherSettings.DEFAULT_CHUNK_BYTES, kafka),
                Optional.of(metrics.registry()));
        if (processing.parameters()) {
            training.measuring.requireVectors("--parameters");
            trainer.announce(run -> out.println(ParameterCost.of(run, settings.parts(), topicSettings.prefix())));
        }
        out.println("starting Kafka on " + address + " in "
                + broker.dataDir.toAbsolutePath().normalize() + ", with " + limit(topicSettings) + "; "
                + DiskRoom.freeText(broker.dataDir) + " are free ...");
        try (StopSignal stop = StopSignal.install(trainer::stop);
                ProcessorHttp server = new ProcessorHttp(http.host, http.port(), metrics);
                LiveServer page = LivePage.serve(
                        "--live-port",
                        LiveSettings.DEFAULT_HOST,
                        livePort,
                        topicSettings.prefix(),
                        processing.residualTolerance(),
                        kafka);
                EmbeddedBroker node = EmbeddedBroker.start(
                        port, broker.dataDir, why -> spec.commandLine().getErr().println("lossledger: " + why))) {
            ProcessorSettings processor;
            try (Admin admin = Admin.create(kafka)) {
                TopicCreator.createMissing(admin, topicSettings);
                processor = processing.settings(
                        address,
                        ProcessorSettings.DEFAULT_APPLICATION_ID,
                        topicSettings,
                        StateFolder.of(broker.dataDir.resolve("streams"), admin),
                        Map.of(
                                StreamsConfig.APPLICATION_SERVER_CONFIG,
                                http.host + ":" + server.port(),
                                StreamsConfig.CLIENT_ID_CONFIG,
                                ProcessorSettings.DEFAULT_APPLICATION_ID));
            }
            int exit;
            try (LedgerProcessor ledger = new LedgerProcessor(processor, metrics.registry());
                    RunView view = new RunView(
                            kafka,
                            topicSettings.prefix(),
                            settings.run(),
                            settings.objectives().first())) {
                out.println("starting the processor; it serves http://" + http.host + ":" + server.port()
                        + " /health/ready /metrics /runs ...");
                ledger.start();
                server.tellOf(ledger, ledger::stall);
                if (!ledger.awaitRunning(START_PATIENCE)) {
                    throw new IllegalStateException("the processor did not start"
                            + ledger.failure().map(fault -> ": " + fault).orElse(" in time"));
                }
                out.println("live at " + page.address());
                try (DemoWorkers measuring = new DemoWorkers(workers, settings, kafka, topicSettings.prefix())) {
                    exit = train(out, settings, trainer, ledger, measuring, view, processing.residualTolerance());
                }
                if (!exitWhenDone && !stop.isAsked()) {
                    out.println("Kafka stays up at " + node.bootstrapServers() + ", the live page at " + page.address()
                            + "; try: kcat -b " + node.bootstrapServers() + " -t lossledger.layer   Ctrl-C stops it");
                    stop.awaitAsked();
                }
            }
            return exit;
        }
    }

    /** How much disk the updates of all runs may take. */
    private static String limit(TopicSettings topics) {
        return topics.rawRetentionBytes() < 0
                ? "no limit for updates"
                : "at most " + DiskRoom.gibibytes(topics.rawRetentionBytes() * topics.partitions())
                        + " of updates (--raw-retention-mib)";
    }

    private int train(
            PrintWriter out,
            TrainSettings settings,
            Trainer trainer,
            LedgerProcessor ledger,
            DemoWorkers measuring,
            RunView view,
            double tolerance)
            throws Exception {
        out.println("training run " + settings.run() + ": " + settings.steps() + " steps");
        ClassCheck classes = new ClassCheck();
        FutureTask<PublishReport> task = new FutureTask<>(() -> trainer.run(classes::accept));
        Thread thread = new Thread(task, "trainer");
        thread.start();
        ClosingRows closing;
        try {
            closing = follow(
                    new RunTable(out, new StepProgress(settings.steps())), task, trainer, ledger, measuring, view);
        } finally {
            trainer.stop();
            thread.join();
        }
        PublishReport report = result(task);
        int sent = TrainCommand.summarize(out, settings, report);
        classes.print(out);
        boolean balanced = RunTable.close(out, closing, report, tolerance);
        if (shortage.isPresent()) {
            throw new DiskFullException("the training was stopped, because the disk is nearly full. " + shortage.get());
        }
        return balanced ? sent : ExitCode.NOT_BALANCED;
    }

    /** Shows the run until its closing balance arrives. */
    private ClosingRows follow(
            RunTable table,
            FutureTask<PublishReport> training,
            Trainer trainer,
            LedgerProcessor ledger,
            DemoWorkers measuring,
            RunView view)
            throws Exception {
        long lastSign = System.nanoTime();
        while (true) {
            if (shortage.isEmpty()) {
                shortage = DiskRoom.shortage("--data-dir", broker.dataDir, DiskRoom.END_BYTES);
                shortage.ifPresent(why -> trainer.stop());
            }
            boolean[] seen = {false};
            view.poll(
                    (step, layers) -> {
                        seen[0] = true;
                        table.show(step, layers);
                    },
                    table::show);
            Optional<ClosingRows> closing = view.closing();
            if (closing.isPresent()) {
                return closing.get();
            }
            if (training.isDone()) {
                result(training); // without a run there is no balance to wait for
            }
            if (ledger.failure().isPresent()) {
                Throwable fault = ledger.failure().get();
                ProcessorFailure.fullDisk("--data-dir", broker.dataDir, fault).ifPresent(full -> {
                    throw full;
                });
                throw new IllegalStateException("the processor stopped: " + ProcessorFailure.text(fault), fault);
            }
            if (measuring.failure().isPresent()) {
                Throwable fault = measuring.failure().get();
                throw new IllegalStateException("a worker stopped: " + fault.getMessage(), fault);
            }
            if (seen[0] || !training.isDone()) {
                lastSign = System.nanoTime();
            } else if (System.nanoTime() - lastSign > QUIET_NANOS) {
                throw new IllegalStateException(
                        "no closing balance arrived within two minutes after the training ended");
            }
        }
    }

    /** What the training returned, or the exception that it failed with. */
    private static PublishReport result(FutureTask<PublishReport> training) throws Exception {
        try {
            return training.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception fault) {
                throw fault;
            }
            throw e;
        }
    }
}
