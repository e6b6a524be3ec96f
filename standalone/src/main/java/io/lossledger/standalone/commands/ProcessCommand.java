package io.lossledger.standalone.commands;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.http.ProcessorHttp;
import io.lossledger.standalone.http.ServedMetrics;
import io.lossledger.standalone.options.HttpOptions;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.ProcessorOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.terminal.DiskFullException;
import io.lossledger.standalone.terminal.OutageLines;
import io.lossledger.standalone.terminal.OutageWatch;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.LedgerProcessor;
import io.lossledger.streams.TopicCheck;
import io.lossledger.streams.topology.ProcessorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger process}. */
@Command(
        name = "process",
        description = "Runs the stream processor until Ctrl-C: balances the steps that trainers send.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Several processors with the same --application-id share the work; each needs",
            "its own --state-dir and its own HTTP port, and answers for all. It waits while",
            "Kafka is unavailable. It logs to standard error.",
            "",
            "Examples:",
            "  lossledger process",
            "  lossledger process --window 100,5m/1m --stream-threads 2",
            "  lossledger process --state-dir second --http-port 9405 --standby-replicas 1",
            "  lossledger process --http-host 0.0.0.0 --advertised-http processor-1:9404",
            "  curl localhost:9404/runs/RUN/layers      (in another terminal)"
        })
public final class ProcessCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ProcessCommand.class);
    private static final long POLL_MILLIS = 100;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Mixin
    ProcessorOptions processor = new ProcessorOptions();

    @Mixin
    HttpOptions http = new HttpOptions();

    @Option(
            names = "--application-id",
            paramLabel = "ID",
            description = "Name shared by all processors that divide the work. Default: "
                    + ProcessorSettings.DEFAULT_APPLICATION_ID + "; with another --topic-prefix, PREFIXprocessors")
    @Nullable
    String applicationId;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "lossledger-data/streams",
            description = "Folder where the processor keeps its state. Default: ${DEFAULT-VALUE}")
    Path stateDir = Path.of("lossledger-data/streams");

    @Option(
            names = "--standby-replicas",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Copies of the state that other processors keep, so that they need not rebuild it to take over. Default: ${DEFAULT-VALUE}")
    int standbyReplicas;

    @Option(
            names = "--again",
            description = "Starts even if another application has booked the runs. Every row is then written twice.")
    boolean again;

    @Option(names = "--no-create-topics", description = "Refuses to start when topics are missing.")
    boolean noCreateTopics;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (standbyReplicas < 0) {
            throw new UserException("--standby-replicas: must be at least 0. Found: " + standbyReplicas);
        }
        processor.check(); // reports wrong options before it needs Kafka
        OutageLines outage = new OutageLines(out, kafka.bootstrapServers(), System::nanoTime);
        ServedMetrics metrics = new ServedMetrics(kafka.topicPrefix);
        try (StopSignal stop = StopSignal.install(() -> {});
                ProcessorHttp server = new ProcessorHttp(http.listen.host, http.listen.port(), metrics)) {
            String advertised = http.advertised(server.port());
            out.println("the processor serves http://" + http.listen.host + ":" + server.port()
                    + " /health/live /health/ready /metrics /runs (other processors reach it at " + advertised + ")");
            Optional<Admin> connected = kafka.awaitKafka(stop, outage);
            if (connected.isEmpty()) {
                return 0;
            }
            connected.get().close();
            ProcessorSettings settings;
            try (Admin admin = kafka.connect()) { // with the patience that making topics takes
                settings = prepare(admin, out, advertised);
            }
            if (processor.parameters()) {
                out.println(ParameterCost.ofAStep(kafka.topicPrefix));
            }
            out.println("starting the processor at " + kafka.bootstrapServers() + ": it reads "
                    + LedgerTopic.UPDATE.named(kafka.topicPrefix) + " as application " + settings.applicationId()
                    + " and keeps its state in " + settings.stateDirectory());
            try (LedgerProcessor ledger = start(settings, metrics.registry());
                    OutageWatch watch =
                            new OutageWatch(kafka.clientConfig(), outage, ledger::partitions, ledger::stall)) {
                server.tellOf(ledger, watch::trouble);
                follow(ledger, watch, stop, out);
                boolean clean = ledger.stop();
                if (ledger.failure().isPresent() || !stop.isAsked()) {
                    throw explained(ledger, settings);
                }
                out.println(
                        clean
                                ? "the processor has stopped; everything it booked is committed"
                                : "the processor did not stop in time; steps that it had not committed will be booked again");
            }
        }
        return 0;
    }

    /** Creates the topics and checks them. */
    private ProcessorSettings prepare(Admin admin, PrintWriter out, String advertised)
            throws InterruptedException, ExecutionException {
        TopicSettings topicSettings = topics.settings(kafka.topicPrefix);
        if (!noCreateTopics) {
            List<String> created = kafka.createTopics(topicSettings);
            if (!created.isEmpty()) {
                out.println("created " + String.join(", ", created));
            }
        }
        String id = applicationId == null ? ApplicationId.byDefault(admin, kafka.topicPrefix) : applicationId;
        Map<String, String> client = new HashMap<>();
        kafka.clientConfig().forEach((name, value) -> client.put(name, String.valueOf(value)));
        client.putIfAbsent(StreamsConfig.APPLICATION_SERVER_CONFIG, advertised);
        client.putIfAbsent(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, Integer.toString(standbyReplicas));
        // By default, the labels of metrics contain a new random number at every start.
        client.putIfAbsent(StreamsConfig.CLIENT_ID_CONFIG, id);
        ProcessorSettings settings = processor.settings(
                kafka.bootstrapServers(), id, topicSettings, StateFolder.of(stateDir, admin), client);
        TopicCheck check = check(admin, settings);
        if (!check.errors().isEmpty()) {
            throw new UserException(String.join("; ", check.errors()));
        }
        if (!again) {
            ApplicationId.requireAlone(admin, kafka.clientConfig(), id, kafka.topicPrefix);
        }
        check.warnings().forEach(warning -> spec.commandLine().getErr().println("lossledger: " + warning));
        return settings;
    }

    private static TopicCheck check(Admin admin, ProcessorSettings settings) throws InterruptedException {
        try {
            return TopicCheck.of(admin, settings);
        } catch (ExecutionException | TimeoutException e) {
            throw new UserException(
                    "Kafka did not describe the topics: " + (e.getCause() == null ? e : e.getCause()), e);
        }
    }

    /** Returns when a stop is requested or the processor has stopped. */
    private static void follow(LedgerProcessor ledger, OutageWatch watch, StopSignal stop, PrintWriter out)
            throws InterruptedException {
        boolean announced = false;
        OutageLines sharing = new OutageLines(
                out, "this processor's share of the work", "the processor has its share", System::nanoTime);
        while (!stop.awaitAsked(POLL_MILLIS) && !ledger.isStopped()) {
            watch.look();
            if (watch.trouble().isEmpty()) {
                ledger.sharing().ifPresentOrElse(sharing::away, sharing::back);
            }
            if (!announced && ledger.isRunning()) {
                announced = true;
                out.println("the processor runs; Ctrl-C stops it");
            }
        }
    }

    /** Changed topics are the most likely reason, and one that the user can fix. */
    private RuntimeException explained(LedgerProcessor ledger, ProcessorSettings settings) throws InterruptedException {
        Optional<DiskFullException> full = ledger.failure().flatMap(this::fullDisk);
        if (full.isPresent()) {
            return full.get();
        }
        try (Admin admin = kafka.connect()) {
            List<String> errors = check(admin, settings).errors();
            if (!errors.isEmpty()) {
                return new UserException(String.join("; ", errors));
            }
        } catch (UserException e) {
            log.debug("The topics could not be checked", e);
        }
        return new IllegalStateException(
                "the processor stopped: "
                        + ledger.failure().map(ProcessorFailure::text).orElse("it gave no reason"),
                ledger.failure().orElse(null));
    }

    private Optional<DiskFullException> fullDisk(Throwable fault) {
        return ProcessorFailure.fullDisk("--state-dir", stateDir, fault);
    }

    private LedgerProcessor start(ProcessorSettings processing, MeterRegistry metrics) {
        try {
            LedgerProcessor ledger = new LedgerProcessor(processing, metrics);
            ledger.start();
            return ledger;
        } catch (StreamsException e) {
            fullDisk(e).ifPresent(full -> {
                throw full;
            });
            throw new UserException(
                    "--state-dir: must be a writable folder that no other processor uses. Found: " + stateDir + " ("
                            + e.getMessage() + ")",
                    e);
        }
    }
}
