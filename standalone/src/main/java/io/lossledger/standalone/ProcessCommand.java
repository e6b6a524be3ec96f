package io.lossledger.standalone;

import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.LedgerProcessor;
import io.lossledger.streams.ProcessorSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.errors.StreamsException;
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
            "Several processors with the same --application-id share the work; each needs its own --state-dir.",
            "",
            "Examples:",
            "  lossledger process",
            "  lossledger process --bootstrap-server kafka:9092 --window 100,5m/1m --stream-threads 2"
        })
final class ProcessCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 100;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Mixin
    ProcessorOptions processor = new ProcessorOptions();

    @Option(
            names = "--application-id",
            paramLabel = "ID",
            defaultValue = ProcessorSettings.DEFAULT_APPLICATION_ID,
            description = "Name that processors sharing the work have in common. Default: ${DEFAULT-VALUE}")
    String applicationId = ProcessorSettings.DEFAULT_APPLICATION_ID;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "lossledger-data/streams",
            description = "Folder of the state stores. Default: ${DEFAULT-VALUE}")
    Path stateDir = Path.of("lossledger-data/streams");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        TopicSettings settings = topics.settings(kafka.topicPrefix);
        Map<String, String> client = new HashMap<>();
        kafka.clientConfig().forEach((name, value) -> client.put(name, String.valueOf(value)));
        List<String> created = kafka.createTopics(settings);
        if (!created.isEmpty()) {
            out.println("created " + String.join(", ", created));
        }
        Path state;
        try (Admin admin = kafka.connect()) {
            state = StateFolder.of(stateDir, admin);
        }
        ProcessorSettings processing =
                processor.settings(kafka.bootstrapServers(), applicationId, settings, state, client);
        try (StopSignal stop = StopSignal.install(() -> {});
                LedgerProcessor ledger = start(processing)) {
            out.println("starting the processor at " + kafka.bootstrapServers() + " ...");
            boolean announced = false;
            while (!stop.awaitAsked(POLL_MILLIS) && !ledger.isStopped()) {
                if (!announced && ledger.isRunning()) {
                    announced = true;
                    out.println("the processor runs; Ctrl-C stops it");
                }
            }
            boolean clean = ledger.stop();
            if (ledger.failure().isPresent() || !stop.isAsked()) {
                throw new IllegalStateException("the processor stopped: "
                        + ledger.failure().map(Throwable::toString).orElse("for no reason that it gave"));
            }
            out.println(
                    clean
                            ? "the processor has stopped; all that it booked is committed"
                            : "the processor did not stop in time; what it had not committed will be booked again");
        }
        return 0;
    }

    private LedgerProcessor start(ProcessorSettings processing) {
        try {
            LedgerProcessor ledger = new LedgerProcessor(processing);
            ledger.start();
            return ledger;
        } catch (StreamsException e) {
            throw new UserException(
                    "--state-dir: must be a folder that can be written and that no other processor uses. Found: "
                            + stateDir + " (" + e.getMessage() + ")",
                    e);
        }
    }
}
