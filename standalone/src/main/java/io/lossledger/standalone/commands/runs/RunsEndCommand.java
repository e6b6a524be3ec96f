package io.lossledger.standalone.commands.runs;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.RequestOptions;
import io.lossledger.standalone.terminal.RunLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.raw.ChosenRuns;
import io.lossledger.streams.raw.ProcessorRequests;
import io.lossledger.streams.raw.RunPresence;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger runs end}. */
@Command(
        name = "end",
        description = "Ends a run whose trainer is gone, so that its books are closed.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A trainer that is killed leaves its run open. This command closes the run with",
            "the steps that arrived. Its status is interrupted, unless the trainer could",
            "still report another. Records that the trainer sends later are not booked. The",
            "command judges by the times of the records whether the trainer has stopped, so",
            "the trainer's clock must be right to within a minute.",
            "",
            "Examples:",
            "  lossledger runs end digits-1"
        })
final class RunsEndCommand implements Callable<Integer> {
    private static final Duration SILENCE = Duration.ofMinutes(1);

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    String run = "";

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    RequestOptions request = new RequestOptions();

    @Option(names = "--force", description = "Ends the run even if its trainer sent something within the last minute.")
    boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.connect().close();
        Map<String, Object> client = kafka.clientConfig();
        RunManifest manifest = manifest(client);
        if (!force) {
            requireSilent(client);
        }
        PrintWriter out = spec.commandLine().getOut();
        @Nullable WindowRow closing;
        try (ProcessorRequests requests = ProcessorRequests.open(client, kafka.topicPrefix)) {
            closing = closing(client, manifest);
            if (closing == null) {
                closing = request.ask(
                                requests,
                                Map.of(run, manifest),
                                RunAction.RUN_ACTION_END,
                                spec.commandLine().getErr())
                        .get(run);
            }
        }
        manifest = manifest(client); // the trainer may have ended it meanwhile
        if (manifest.getStatus() == RunStatus.RUN_STATUS_RUNNING) {
            manifest = ended(manifest, closing);
            write(client, manifest);
        }
        out.println("ended: run=" + run + " status=" + RunLine.status(manifest.getStatus()));
        out.println(
                closing == null
                        ? request.unanswered(kafka.topicPrefix)
                        : "booked: steps=" + closing.getSteps() + " missing=" + closing.getMissingSteps());
        return 0;
    }

    private RunManifest manifest(Map<String, Object> client) {
        return Objects.requireNonNull(
                ChosenRuns.read(client, kafka.topicPrefix, List.of(run)).get(run));
    }

    private void requireSilent(Map<String, Object> client) throws InterruptedException {
        long since = System.currentTimeMillis() - SILENCE.toMillis();
        if (RunPresence.isSentSince(client, LedgerTopic.UPDATE.named(kafka.topicPrefix), run, since)) {
            throw new UserException(
                    "RUN: must have sent no record for a minute, because its trainer may still be running (--force ends it"
                            + " anyway). Found: " + run + " has newer records");
        }
    }

    /** The row by which the books were closed; null if they were not. */
    private @Nullable WindowRow closing(Map<String, Object> client, RunManifest manifest) {
        @Nullable WindowRow[] found = new WindowRow[1];
        try (LedgerReader ledger = LedgerReader.connect(client, kafka.topicPrefix)) {
            ledger.read(WindowRow.class, manifest, row -> {
                if (row.getKind() == WindowKind.WINDOW_KIND_RUN && found[0] == null) {
                    found[0] = row;
                }
            });
        }
        return found[0];
    }

    private static RunManifest ended(RunManifest manifest, @Nullable WindowRow closing) {
        RunManifest.Builder ended = manifest.toBuilder()
                .setStatus(closing == null ? RunStatus.RUN_STATUS_INTERRUPTED : closing.getOutcome())
                .setEnded(Timestamps.fromMillis(System.currentTimeMillis()));
        if (closing != null && closing.getSteps() > 0) {
            ended.setLastStep(closing.getLastStep());
        }
        return ended.build();
    }

    private void write(Map<String, Object> client, RunManifest manifest) throws InterruptedException {
        try (Producer<String, byte[]> producer =
                new KafkaProducer<>(client, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            LedgerTopic.RUN.named(kafka.topicPrefix), run, RowFormat.JSON.serialize(manifest)))
                    .get();
        } catch (ExecutionException e) {
            throw new UserException("Kafka did not accept the manifest: " + e.getCause(), e);
        }
    }
}
