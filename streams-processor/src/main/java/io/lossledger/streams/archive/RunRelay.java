package io.lossledger.streams.archive;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.SocketBuffers;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.streams.allocate.UpdateParser;
import io.lossledger.streams.archive.v1.Entry;
import io.lossledger.streams.archive.v1.Record;
import io.lossledger.streams.letters.InvalidUpdateException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a run from the file that its trainer writes, during the training or later. Records keep their keys and bytes;
 * their timestamps are those of the relay, so that retention counts from now. A relay that was interrupted is repeated from
 * the beginning: the processor skips what it has booked. Not thread-safe.
 */
public final class RunRelay implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_REQUEST_BYTES = 64 << 20;
    private static final int BATCH_BYTES = 256 << 10;
    private static final int DELIVERY_MILLIS = 120_000;
    private static final int PORTION = 256;

    private final GrowingArchive archive;
    private final String topicPrefix;
    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final boolean ended;
    private byte @Nullable [] manifest;
    private long invalid;
    private String firstInvalid = "";

    /**
     * Opens a file and checks that its run may be published.
     *
     * @param kafka settings of the clients, with {@code bootstrap.servers}
     * @throws ArchiveException when the file cannot be read
     * @throws IllegalArgumentException when another run has this id, or a topic is missing
     * @throws KafkaException when Kafka does not answer
     */
    public RunRelay(Map<String, Object> kafka, String topicPrefix, Path file) {
        this.topicPrefix = topicPrefix;
        archive = new GrowingArchive(file);
        try {
            manifest = archive.manifest();
            ended = isEnded(kafka, manifest(file, manifest));
            RunManifests.requireTopic(kafka, LedgerTopic.UPDATE.named(topicPrefix));
            producer = new KafkaProducer<>(config(kafka), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    /** The same with a producer that is there, and what Kafka knows of the run. */
    RunRelay(GrowingArchive archive, String topicPrefix, Producer<byte[], byte[]> producer, boolean ended) {
        this.archive = archive;
        this.topicPrefix = topicPrefix;
        this.producer = producer;
        this.ended = ended;
        manifest = archive.manifest();
    }

    private static RunManifest manifest(Path file, byte[] bytes) {
        RunManifest.Builder manifest = RunManifest.newBuilder();
        try {
            RowFormat.JSON.merge(bytes, manifest);
            RunId.require(manifest.getRun());
            return manifest.build();
        } catch (InvalidProtocolBufferException e) {
            throw new ArchiveException("file: must hold the manifest of a run. Found: " + file, e);
        }
    }

    /** Whether the run has ended in this Kafka, where it may be new. */
    private boolean isEnded(Map<String, Object> kafka, RunManifest manifest) {
        String topic = LedgerTopic.RUN.named(topicPrefix);
        Map<String, RunManifest> runs = RunManifests.read(kafka, topicPrefix, topic, Duration.ofSeconds(30));
        RunManifest known = runs.get(manifest.getRun());
        if (known == null) {
            return false;
        }
        if (RunManifests.isDeleted(known)) {
            throw new IllegalArgumentException("run: must be new in this Kafka. Found: " + manifest.getRun()
                    + " was deleted, and its id is not used again");
        }
        if (known.getSession() != manifest.getSession()) {
            throw new IllegalArgumentException("run: must be new in this Kafka, or the one in the file. Found: "
                    + manifest.getRun() + " exists, from another training");
        }
        return known.getStatus() != RunStatus.RUN_STATUS_RUNNING
                && known.getStatus() != RunStatus.RUN_STATUS_UNSPECIFIED;
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>();
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("linger.ms", 5);
        config.put("send.buffer.bytes", SocketBuffers.OF_THE_SYSTEM);
        config.put("batch.size", BATCH_BYTES);
        config.put("max.request.size", MAX_REQUEST_BYTES);
        config.put("delivery.timeout.ms", DELIVERY_MILLIS);
        config.put("max.block.ms", DELIVERY_MILLIS);
        config.putAll(kafka);
        return config;
    }

    /**
     * Publishes the next entries of the file, some hundred at most.
     *
     * @return whether there were any
     * @throws ArchiveException when the file is damaged
     * @throws KafkaException when Kafka has not accepted a record for two minutes
     */
    public boolean advance() {
        requireTaken();
        int count = 0;
        byte[] first = manifest;
        if (first != null) {
            sendManifest(first);
            manifest = null;
            count++;
        }
        for (Optional<Entry> next = archive.next(); next.isPresent(); next = archive.next()) {
            if (next.get().hasManifest()) {
                sendManifest(next.get().getManifest().toByteArray());
            } else {
                send(next.get().getRecord());
            }
            if (++count == PORTION) {
                break;
            }
        }
        return count > 0;
    }

    /** Waits until Kafka has accepted everything that was published. */
    public void flush() {
        requireTaken();
        producer.flush();
        requireTaken();
    }

    /** The run id. */
    public String run() {
        return archive.run();
    }

    /** Whether the file has been published to its end, which its trainer has written. */
    public boolean isWhole() {
        return archive.isWhole();
    }

    /** Whether the run had ended in Kafka before: its file was relayed to its end, or someone has closed the run. */
    public boolean isEnded() {
        return ended;
    }

    /** The number of records that Kafka has accepted. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** The number of records that break the contract, which were not published. */
    public long invalid() {
        return invalid;
    }

    /** Why the first of them was not published; empty if there is none. */
    public String firstInvalid() {
        return firstInvalid;
    }

    /** What share of the file has been read, 0 to 1. */
    public double fraction() {
        return (double) archive.position() / Math.max(1, archive.size());
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
        archive.close();
    }

    private void sendManifest(byte[] value) {
        if (ended && isRunning(value)) {
            return; // the newest one counts, and this one is older
        }
        send(new ProducerRecord<>(LedgerTopic.RUN.named(topicPrefix), run().getBytes(StandardCharsets.UTF_8), value));
    }

    private static boolean isRunning(byte[] manifest) {
        try {
            return RowFormat.read(manifest, RunManifest.newBuilder()).getStatus() == RunStatus.RUN_STATUS_RUNNING;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private void send(Record record) {
        byte[] key = record.getKey().toByteArray();
        byte[] value = record.hasValue() ? record.getValue().toByteArray() : null;
        try {
            String run = UpdateParser.parse(key, value).getRun();
            if (!run.equals(run())) {
                throw new InvalidUpdateException("update.run: must be " + run() + ", as in the header. Found: " + run);
            }
        } catch (InvalidUpdateException e) {
            if (invalid++ == 0) {
                firstInvalid = String.valueOf(e.getMessage());
            }
            return;
        }
        send(new ProducerRecord<>(LedgerTopic.UPDATE.named(topicPrefix), key, value));
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            var unused = producer.send(record, (at, fault) -> {
                if (fault == null) {
                    acknowledged.incrementAndGet();
                } else if (refusal.compareAndSet(null, fault)) {
                    // What is behind it must not overtake it: a step that comes after a later one is not booked any
                    // more.
                    producer.close(Duration.ZERO);
                }
            });
        } catch (IllegalStateException | KafkaException e) {
            requireTaken(); // the producer has just been closed
            throw e;
        }
    }

    private void requireTaken() {
        Exception fault = refusal.get();
        if (fault != null) {
            throw new KafkaException(
                    "Kafka did not accept a record of run " + run() + ": " + fault.getMessage()
                            + " (relay the file again: what has been booked is skipped)",
                    fault);
        }
    }
}
