package io.lossledger.producer.worker;

import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.SocketBuffers;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes blocks: each in one transaction with the offset of its group, so that a block is written once, as a whole, or not at all.
 * After a failure the next attempt has a new producer. Not thread-safe.
 */
final class BlockWriter implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int BATCH_BYTES = 256 << 10;
    private static final int TRANSACTION_MILLIS = (int) TimeUnit.SECONDS.toMillis(20);
    /** The longest that brokers allow by default; a block of vectors may be large. */
    private static final int VECTORS_MILLIS = (int) TimeUnit.MINUTES.toMillis(15);

    private final WorkerSettings settings;
    private @Nullable Producer<byte[], byte[]> producer;

    BlockWriter(WorkerSettings settings) {
        this.settings = settings;
    }

    /**
     * Writes updates and an offset.
     *
     * @return the bytes of the updates
     * @throws KafkaException when nothing is written: Kafka is away, or the partition belongs to another worker
     */
    long write(List<Update> updates, Map<TopicPartition, OffsetAndMetadata> offset, ConsumerGroupMetadata group) {
        transaction(to -> {
            updates.forEach(update -> to.send(record(update)));
            to.commit(offset, group);
        });
        return updates.stream().mapToLong(Update::getSerializedSize).sum();
    }

    /** Writes updates that belong to no block. */
    void write(List<Update> updates) {
        transaction(to -> updates.forEach(update -> to.send(record(update))));
    }

    /** Writes records that belong to no block, such as the ends of a run and its manifest. */
    void write(List<Update> updates, RunManifest manifest) {
        transaction(to -> {
            updates.forEach(update -> to.send(record(update)));
            to.send(new ProducerRecord<>(
                    LedgerTopic.RUN.named(settings.topicPrefix()),
                    manifest.getRun().getBytes(StandardCharsets.UTF_8),
                    RowFormat.JSON.serialize(manifest)));
        });
    }

    private ProducerRecord<byte[], byte[]> record(Update update) {
        return new ProducerRecord<>(
                LedgerTopic.UPDATE.named(settings.topicPrefix()),
                UpdateKey.of(update).getBytes(StandardCharsets.UTF_8),
                update.toByteArray());
    }

    /** An open transaction. */
    private record Transaction(Producer<byte[], byte[]> producer, AtomicReference<@Nullable Exception> refusal) {
        void send(ProducerRecord<byte[], byte[]> record) {
            var unused = producer.send(record, (at, fault) -> {
                if (fault != null) {
                    refusal.compareAndSet(null, fault);
                }
            });
        }

        void commit(Map<TopicPartition, OffsetAndMetadata> offset, ConsumerGroupMetadata group) {
            producer.sendOffsetsToTransaction(offset, group);
        }
    }

    /** What is written in a transaction. */
    private interface Body {
        void writeTo(Transaction transaction);
    }

    private void transaction(Body body) {
        AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();
        try {
            Producer<byte[], byte[]> open = open();
            open.beginTransaction();
            body.writeTo(new Transaction(open, refusal));
            open.commitTransaction();
        } catch (RuntimeException e) {
            close(); // a transaction that is open is aborted by the broker, at the latest when the next producer begins
            Exception why = refusal.get();
            if (why instanceof KafkaException kafka) {
                throw kafka;
            }
            throw e;
        }
    }

    private Producer<byte[], byte[]> open() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(config(), new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
            open.initTransactions();
        }
        return open;
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>();
        // Offsets are fenced by the group, so each worker, and each attempt, may have an id of its own.
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.group() + '-' + UUID.randomUUID());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, settings.group() + "-producer");
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.SEND_BUFFER_CONFIG, SocketBuffers.OF_THE_SYSTEM);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        // After a worker was killed within a transaction, readers wait this long.
        config.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                settings.form() == UpdateForm.VECTORS ? VECTORS_MILLIS : TRANSACTION_MILLIS);
        config.putAll(settings.kafka());
        return config;
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
    }
}
