package io.lossledger.streams.archive;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.raw.ChosenRuns;
import io.lossledger.streams.raw.LostSteps;
import io.lossledger.streams.raw.RunRecords;
import io.lossledger.streams.raw.StepRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes the raw records of a run and its manifest to a file; a replay computes the results from them again. Uses
 * constant memory. Runs once; {@link #stop} may be called by any thread.
 */
public final class RunExport {
    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final int TELL_EVERY = 256;

    private final Map<String, Object> kafka;
    private final String topicPrefix;
    private final String run;
    private volatile boolean stopped;

    /** @param kafka settings of the consumers, with {@code bootstrap.servers} */
    public RunExport(Map<String, Object> kafka, String topicPrefix, String run) {
        this.kafka = Map.copyOf(kafka);
        this.topicPrefix = topicPrefix;
        this.run = run;
    }

    /**
     * Writes the file. It exists only once it is complete.
     *
     * @param replace whether an existing file is replaced
     * @param partial whether to continue when the topic has dropped the first steps
     * @param trajectory whether the recorded trajectory of the run belongs in the file
     * @throws IllegalArgumentException when the run or a topic does not exist, or steps are gone
     * @throws ArchiveException when the file exists, or cannot be written
     * @throws io.lossledger.streams.raw.ReadException when Kafka cannot be read
     * @throws InterruptedException also when the export was stopped
     */
    public ArchiveFacts write(
            Path file, boolean replace, boolean partial, boolean trajectory, Consumer<TransferProgress> listener)
            throws InterruptedException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new ArchiveException("file: must be a regular file, or new. Found: " + file);
        }
        if (!replace && Files.exists(file)) {
            throw new ArchiveException("file: must be new (--force replaces it). Found: " + file + " exists");
        }
        List<RunManifest> only =
                List.copyOf(ChosenRuns.read(kafka, topicPrefix, List.of(run)).values());
        Header header = Header.newBuilder()
                .setVersion(trajectory ? ArchiveWriter.VERSION_WITH_TRAJECTORY : ArchiveWriter.VERSION)
                .setRun(run)
                .setManifest(manifestBytes(only))
                .setExportedMillis(System.currentTimeMillis())
                .build();
        String topic = LedgerTopic.UPDATE.named(topicPrefix);
        try (RunRecords records = RunRecords.open(kafka, topic, only)) {
            if (!partial) {
                LostSteps.requireNone(records, kafka, topic, only, StepRange.ALL);
            }
            try (ArchiveWriter archive = new ArchiveWriter(file, replace, header)) {
                copy(LedgerTopic.UPDATE, records, archive, listener);
                if (trajectory) {
                    copyTrajectory(only, archive, listener);
                } else if (archive.records() == 0) {
                    throw noRecords(LedgerTopic.UPDATE);
                }
                archive.finish();
                return new ArchiveFacts(run, archive.records(), archive.bytes());
            } catch (IOException e) {
                throw new ArchiveException("file: must be writable. Found: " + file + " (" + e + ")", e);
            }
        }
    }

    /** Stops the export, which then leaves no file. */
    public void stop() {
        stopped = true;
    }

    /** A run of which nothing has been measured has no other records. */
    private void copyTrajectory(List<RunManifest> only, ArchiveWriter archive, Consumer<TransferProgress> listener)
            throws IOException, InterruptedException {
        long before = archive.records();
        String topic = LedgerTopic.TRAJECTORY.named(topicPrefix);
        try (RunRecords points = RunRecords.open(kafka, topic, only)) {
            copy(LedgerTopic.TRAJECTORY, points, archive, listener);
        }
        if (archive.records() == before) {
            throw noRecords(LedgerTopic.TRAJECTORY);
        }
    }

    private IllegalArgumentException noRecords(LedgerTopic topic) {
        return new IllegalArgumentException(
                "run: must have records in " + topic.named(topicPrefix) + ". Found: none of " + run);
    }

    private void copy(LedgerTopic topic, RunRecords records, ArchiveWriter archive, Consumer<TransferProgress> listener)
            throws IOException, InterruptedException {
        while (!records.isAtEnd()) {
            if (stopped) {
                throw new InterruptedException("stopped");
            }
            Optional<ConsumerRecord<byte[], byte[]>> next = records.next(PATIENCE);
            if (next.isPresent()) {
                archive.add(topic, next.get());
            }
            if (next.isEmpty() || archive.records() % TELL_EVERY == 0) {
                listener.accept(new TransferProgress("exporting", archive.bytes(), records.fraction()));
            }
        }
    }

    /** The raw bytes from the topic: a newer LossLedger may have written fields that this version does not know. */
    private ByteString manifestBytes(List<RunManifest> only) throws InterruptedException {
        ByteString newest = ByteString.EMPTY;
        try (RunRecords manifests = RunRecords.open(kafka, LedgerTopic.RUN.named(topicPrefix), only)) {
            while (!manifests.isAtEnd()) {
                Optional<ConsumerRecord<byte[], byte[]>> next = manifests.next(PATIENCE);
                if (next.isPresent() && next.get().value() != null) {
                    newest = ByteString.copyFrom(next.get().value());
                }
            }
        }
        return newest;
    }
}
