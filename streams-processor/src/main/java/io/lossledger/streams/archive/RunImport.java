package io.lossledger.streams.archive;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.SocketBuffers;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.archive.v1.Record;
import io.lossledger.streams.archive.v1.RecordHeader;
import io.lossledger.streams.archive.v1.Trailer;
import io.lossledger.streams.raw.RunPresence;
import io.lossledger.streams.raw.TransactionEnd;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Imports a run from a file into Kafka: records byte for byte, with their timestamps and headers, in order within each
 * key. The blocks of a recorded trajectory go to the partitions that the target's number of partitions gives them. Only requests to end or delete the run, which name partitions, are rewritten for the partitions of this Kafka.
 * The whole file is checked before anything is written, and everything is written in one transaction. Uses constant
 * memory. Runs once; {@link #stop} may be called by any thread.
 */
public final class RunImport {
    private static final int TELL_EVERY = 256;
    private static final int MAX_REQUEST_BYTES = 64 << 20;
    private static final int BATCH_BYTES = 256 << 10;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    /** The longest timeout that brokers allow by default. */
    private static final int TRANSACTION_MILLIS = (int) Duration.ofMinutes(15).toMillis();

    private final Map<String, Object> kafka;
    private final String topicPrefix;
    private final AtomicReference<@Nullable Exception> fault = new AtomicReference<>();
    /** 0 until there is a point. */
    private int trajectoryPartitions;

    private volatile boolean stopped;

    /** @param kafka settings of the clients, with {@code bootstrap.servers} */
    public RunImport(Map<String, Object> kafka, String topicPrefix) {
        this.kafka = Map.copyOf(kafka);
        this.topicPrefix = topicPrefix;
    }

    /**
     * Reads the file and writes the run. The topics must exist.
     *
     * @param force whether to continue when the run exists already, or its records are older than the topic's retention
     * @throws ArchiveException when the file cannot be read, or is incomplete
     * @throws IllegalArgumentException when the run exists already, a topic is missing, or it would drop records this
     *     old
     * @throws KafkaException when Kafka does not accept the records; then none of them is visible
     * @throws InterruptedException also when the import was stopped
     */
    public ArchiveFacts read(Path file, boolean force, Consumer<TransferProgress> listener)
            throws InterruptedException {
        RunManifest manifest;
        ByteString manifestBytes;
        Trailer trailer;
        List<LedgerTopic> topics;
        try (ArchiveReader archive = new ArchiveReader(file)) {
            manifestBytes = archive.header().getManifest();
            manifest = manifest(archive.header().getRun(), manifestBytes, file);
            while (archive.next() != null) {
                requireGoing();
                listener.accept(new TransferProgress("checking", archive.bytes(), 0));
            }
            trailer = archive.trailer();
            topics = hasTrajectory(archive.header())
                    ? List.of(LedgerTopic.UPDATE, LedgerTopic.TRAJECTORY)
                    : List.of(LedgerTopic.UPDATE);
        }
        for (LedgerTopic topic : topics) {
            if (!force) {
                requireNew(topic, manifest);
                requireKept(topic, trailer);
            }
        }
        try (ArchiveReader archive = new ArchiveReader(file)) {
            write(archive, manifest.getRun(), manifestBytes, trailer, listener);
        }
        return new ArchiveFacts(manifest.getRun(), trailer.getRecords(), trailer.getBytes());
    }

    /**
     * Whether the file has a recorded trajectory, so that its topic must exist.
     *
     * @throws ArchiveException when the file cannot be read
     */
    public static boolean hasTrajectory(Path file) {
        try (ArchiveReader archive = new ArchiveReader(file)) {
            return hasTrajectory(archive.header());
        }
    }

    private static boolean hasTrajectory(Header header) {
        return header.getVersion() == ArchiveWriter.VERSION_WITH_TRAJECTORY;
    }

    /** Stops the import; nothing of it then becomes visible. */
    public void stop() {
        stopped = true;
    }

    private static RunManifest manifest(String run, ByteString bytes, Path file) {
        RunManifest.Builder manifest = RunManifest.newBuilder();
        try {
            RowFormat.JSON.merge(bytes.toByteArray(), manifest);
            return manifest.setRun(RunId.require(run)).build();
        } catch (InvalidProtocolBufferException e) {
            throw new ArchiveException("file: must hold the manifest of a run. Found: " + file, e);
        }
    }

    private void requireNew(LedgerTopic topic, RunManifest manifest) throws InterruptedException {
        String run = manifest.getRun();
        boolean there = RunManifests.read(kafka, topicPrefix).containsKey(run)
                || RunPresence.find(kafka, topic.named(topicPrefix), List.of(manifest))
                        .isPresent();
        if (there) {
            throw new IllegalArgumentException(
                    "run: must be new in this Kafka (--force adds to it). Found: " + run + " exists");
        }
    }

    /** Timestamps are kept, and retention goes by them: the topic would drop an old run again within minutes. */
    private void requireKept(LedgerTopic of, Trailer trailer) throws InterruptedException {
        String topic = of.named(topicPrefix);
        OptionalLong kept = retentionMillis(topic);
        long age = System.currentTimeMillis() - trailer.getFirstMillis();
        if (kept.isPresent() && kept.getAsLong() >= 0 && age > kept.getAsLong()) {
            throw new IllegalArgumentException(
                    "topic: must keep records as old as these, or Kafka soon drops them again"
                            + " (raise its retention.ms, or --force). Found: retention.ms of " + topic + " is "
                            + kept.getAsLong() + ", and the run is " + age + " ms old");
        }
    }

    private OptionalLong retentionMillis(String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(kafka)) {
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            ConfigEntry entry = config == null ? null : config.get(TopicConfig.RETENTION_MS_CONFIG);
            return entry == null || entry.value() == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(entry.value()));
        } catch (ExecutionException e) {
            return OptionalLong.empty(); // not every client may ask; the retention is then unknown
        }
    }

    private void write(
            ArchiveReader archive,
            String run,
            ByteString manifest,
            Trailer trailer,
            Consumer<TransferProgress> listener)
            throws InterruptedException {
        Map<String, Object> config = config(run);
        String update = LedgerTopic.UPDATE.named(topicPrefix);
        Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            producer.beginTransaction();
            long written = 0;
            ImportedRequests requests = new ImportedRequests(run);
            for (Record record = archive.next(); record != null; record = archive.next()) {
                requireGoing();
                if (!requests.take(record)) {
                    send(producer, record);
                }
                if (++written % TELL_EVERY == 0) {
                    listener.accept(new TransferProgress(
                            "importing", archive.bytes(), (double) written / trailer.getRecords()));
                }
            }
            requests.records(update, producer.partitionsFor(update).size()).forEach(request -> send(producer, request));
            send(
                    producer,
                    new ProducerRecord<>(
                            LedgerTopic.RUN.named(topicPrefix), run.getBytes(StandardCharsets.UTF_8), here(manifest)));
            producer.flush();
            requireTaken();
            producer.commitTransaction();
        } catch (RuntimeException | InterruptedException e) {
            abort(producer);
            throw e;
        } finally {
            producer.close(CLOSE_TIMEOUT);
        }
        TransactionEnd.await(config);
    }

    /** The manifest as it was, except that it states where the blocks of a trajectory are here. */
    private byte[] here(ByteString manifest) {
        if (trajectoryPartitions == 0) {
            return manifest.toByteArray();
        }
        RunManifest.Builder changed = RunManifest.newBuilder();
        try {
            RowFormat.JSON.merge(manifest.toByteArray(), changed);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the manifest has been read before", e);
        }
        changed.getTrajectoryBuilder().setPartitions(trajectoryPartitions);
        return RowFormat.JSON.serialize(changed.build());
    }

    private Map<String, Object> config(String run) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put("transactional.id", "lossledger-import-" + topicPrefix + run);
        config.put("enable.idempotence", true);
        config.put("acks", "all");
        config.put("max.request.size", MAX_REQUEST_BYTES);
        config.putIfAbsent("transaction.timeout.ms", TRANSACTION_MILLIS);
        config.putIfAbsent("linger.ms", 5);
        config.putIfAbsent("send.buffer.bytes", SocketBuffers.OF_THE_SYSTEM);
        config.putIfAbsent("batch.size", BATCH_BYTES);
        return config;
    }

    private void send(Producer<byte[], byte[]> producer, Record record) {
        Headers headers = new RecordHeaders();
        for (RecordHeader header : record.getHeadersList()) {
            headers.add(header.getKey(), header.hasValue() ? header.getValue().toByteArray() : null);
        }
        boolean isPoint = !record.getTopic().isEmpty();
        String topic = (isPoint ? LedgerTopic.TRAJECTORY : LedgerTopic.UPDATE).named(topicPrefix);
        if (isPoint) {
            trajectoryPartitions = producer.partitionsFor(topic).size();
        }
        send(
                producer,
                new ProducerRecord<>(
                        topic,
                        isPoint ? partition(record.getKey().toStringUtf8(), trajectoryPartitions) : null,
                        record.getTimestampMillis(),
                        record.getKey().toByteArray(),
                        record.hasValue() ? record.getValue().toByteArray() : null,
                        headers));
    }

    /** Where the block of a recorded trajectory belongs. */
    static int partition(String key, int partitions) {
        int end = key.indexOf('|');
        try {
            return PointKey.partition(
                    key.substring(0, Math.max(0, end)), Integer.parseUnsignedInt(key.substring(end + 1)), partitions);
        } catch (NumberFormatException e) {
            throw new ArchiveException("file: must have points with the key run|block. Found: " + key, e);
        }
    }

    private void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        requireTaken();
        var unused = producer.send(record, (at, refusal) -> {
            if (refusal != null) {
                fault.compareAndSet(null, refusal);
            }
        });
    }

    private void requireTaken() {
        Exception refusal = fault.get();
        if (refusal != null) {
            throw new KafkaException("Kafka refused a record: " + refusal.getMessage(), refusal);
        }
    }

    private void requireGoing() throws InterruptedException {
        if (stopped) {
            throw new InterruptedException("stopped");
        }
    }

    private static void abort(Producer<byte[], byte[]> producer) {
        try {
            producer.abortTransaction();
        } catch (RuntimeException e) {
            // the broker aborts the open transaction of a closed producer
        }
    }
}
