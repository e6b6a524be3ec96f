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
import io.lossledger.standalone.options.RequestOptions;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.raw.ChosenRuns;
import io.lossledger.streams.raw.ProcessorRequests;
import io.lossledger.streams.raw.RunPresence;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Ends runs: asks a processor to close the books, and writes the manifest that says so. Thread-safe.
 *
 * @param kafka settings of the clients, with {@code bootstrap.servers}
 * @param request how long to wait for a processor
 * @param err where the waiting is shown
 */
record RunEnding(Map<String, Object> kafka, String topicPrefix, RequestOptions request, PrintWriter err) {
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /**
     * A run that has ended.
     *
     * @param closing the row by which the books were closed; null when no processor has closed them yet
     */
    record Ended(RunManifest manifest, @Nullable WindowRow closing) {}

    /** @throws IllegalArgumentException when there is no such run */
    RunManifest manifest(String run) {
        return Objects.requireNonNull(
                ChosenRuns.read(kafka, topicPrefix, List.of(run)).get(run));
    }

    /** Whether its trainer has sent nothing for a minute, by the times of the records. */
    boolean isSilent(String run) throws InterruptedException {
        long since = System.currentTimeMillis() - SILENCE.toMillis();
        return !RunPresence.isSentSince(kafka, LedgerTopic.UPDATE.named(topicPrefix), run, since);
    }

    /**
     * Ends a run.
     *
     * @param known the run's manifest
     * @throws UserException when Kafka refuses
     */
    Ended end(RunManifest known) throws InterruptedException {
        String run = known.getRun();
        @Nullable WindowRow closing;
        try (ProcessorRequests requests = ProcessorRequests.open(kafka, topicPrefix)) {
            closing = closing(known);
            if (closing == null) {
                closing = request.ask(requests, Map.of(run, known), RunAction.RUN_ACTION_END, err)
                        .get(run);
            }
        }
        RunManifest manifest = manifest(run); // the trainer may have ended it meanwhile
        if (manifest.getStatus() == RunStatus.RUN_STATUS_RUNNING) {
            manifest = ended(manifest, closing);
            write(manifest);
        }
        return new Ended(manifest, closing);
    }

    private @Nullable WindowRow closing(RunManifest manifest) {
        @Nullable WindowRow[] found = new WindowRow[1];
        try (LedgerReader ledger = LedgerReader.connect(kafka, topicPrefix)) {
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

    private void write(RunManifest manifest) throws InterruptedException {
        try (Producer<String, byte[]> producer =
                new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            LedgerTopic.RUN.named(topicPrefix), manifest.getRun(), RowFormat.JSON.serialize(manifest)))
                    .get();
        } catch (ExecutionException e) {
            throw new UserException("Kafka did not accept the manifest: " + e.getCause(), e);
        }
    }
}
