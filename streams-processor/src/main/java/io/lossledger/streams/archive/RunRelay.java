package io.lossledger.streams.archive;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
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
            requireSame(kafka, manifest(file, manifest));
            RunManifests.requireTopic(kafka, LedgerTopic.UPDATE.named(topicPrefix));
            producer = new KafkaProducer<>(config(kafka), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
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

    private void requireSame(Map<String, Object> kafka, RunManifest manifest) {
        String topic = LedgerTopic.RUN.named(topicPrefix);
        Map<String, RunManifest> runs = RunManifests.read(kafka, topicPrefix, topic, Duration.ofSeconds(30));
        RunManifest known = runs.get(manifest.getRun());
        if (known == null) {
            return;
        }
        if (RunManifests.isDeleted(known)) {
            throw new IllegalArgumentException("run: must be new in this Kafka. Found: " + manifest.getRun()
                    + " was deleted, and its id is not used again");
        }
        if (known.getSession() != manifest.getSession()) {
            throw new IllegalArgumentException("run: must be new in this Kafka, or the one in the file. Found: "
                    + manifest.getRun() + " exists, from another training");
        }
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>();
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("linger.ms", 5);
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
        send(new ProducerRecord<>(LedgerTopic.RUN.named(topicPrefix), run().getBytes(StandardCharsets.UTF_8), value));
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
        var unused = producer.send(record, (at, fault) -> {
            if (fault == null) {
                acknowledged.incrementAndGet();
            } else {
                refusal.compareAndSet(null, fault);
            }
        });
    }

    private void requireTaken() {
        Exception fault = refusal.get();
        if (fault != null) {
            throw new KafkaException(
                    "Kafka refused a record of run " + run() + ": " + fault.getMessage()
                            + " (relay the file again: what has been booked is skipped)",
                    fault);
        }
    }
}
