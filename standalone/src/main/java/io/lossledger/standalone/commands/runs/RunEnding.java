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
        // The updates of a recorded run come from workers.
        LedgerTopic sent = manifest(run).hasTrajectory() ? LedgerTopic.TRAJECTORY : LedgerTopic.UPDATE;
        return !RunPresence.isSentSince(kafka, sent.named(topicPrefix), run, since);
    }

    /**
     * Ends a run. A recorded run is only marked as ended: its workers close it when they have measured what is recorded, unless it
     * is to be closed now.
     *
     * @param known the run's manifest
     * @param now whether a recorded run is closed where it is, and what is not measured yet is never booked
     * @throws UserException when Kafka refuses
     */
    Ended end(RunManifest known, boolean now) throws InterruptedException {
        String run = known.getRun();
        if (known.hasTrajectory() && !now) {
            RunManifest marked = manifest(run);
            if (marked.getStatus() == RunStatus.RUN_STATUS_RUNNING) {
                marked = ended(marked, null);
                write(marked);
            }
            return new Ended(marked, closing(marked));
        }
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

    /** What follows when the books are not closed yet. */
    String unanswered(RunManifest manifest) {
        return manifest.hasTrajectory()
                ? "its workers close the books when all that is recorded is measured: lossledger measure --run "
                        + manifest.getRun() + " (lossledger runs end --force closes them now)"
                : request.unanswered(topicPrefix);
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
