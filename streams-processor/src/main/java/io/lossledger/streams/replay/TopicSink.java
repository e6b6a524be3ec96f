package io.lossledger.streams.replay;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.SocketBuffers;
import io.lossledger.streams.raw.TransactionEnd;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows to the topics of a prefix, in transactions: consumers of committed records see complete steps only. Rows
 * that are not committed when this is closed never become visible. Not thread-safe.
 */
public final class TopicSink implements RowSink, AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_REQUEST_BYTES = 16 << 20;
    private static final int BATCH_BYTES = 256 << 10;
    private static final long BUFFER_BYTES = 64 << 20;

    private final Map<String, Object> config;
    private final Producer<byte[], byte[]> producer;
    private final String prefix;
    private final RowFormat format;
    private final AtomicReference<@Nullable Exception> fault = new AtomicReference<>();
    private boolean inTransaction;
    private boolean hasCommitted;

    /**
     * Connects. The topics must exist.
     *
     * @param kafka settings of the producer, with {@code bootstrap.servers}
     * @param prefix prefix of the topics' names
     * @param format how rows are written
     * @param id the same for all writers of the same rows, so that a new writer fences off one that hangs
     */
    public static TopicSink open(Map<String, Object> kafka, String prefix, RowFormat format, String id) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put("transactional.id", id);
        config.put("enable.idempotence", true);
        config.put("acks", "all");
        config.put("max.request.size", MAX_REQUEST_BYTES);
        config.putIfAbsent("linger.ms", 20);
        config.putIfAbsent("send.buffer.bytes", SocketBuffers.OF_THE_SYSTEM);
        config.putIfAbsent("batch.size", BATCH_BYTES);
        config.putIfAbsent("buffer.memory", BUFFER_BYTES);
        Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
        return new TopicSink(config, producer, prefix, format);
    }

    private TopicSink(Map<String, Object> config, Producer<byte[], byte[]> producer, String prefix, RowFormat format) {
        this.config = config;
        this.producer = producer;
        this.prefix = prefix;
        this.format = format;
    }

    /** @throws KafkaException when Kafka has refused this row or an earlier one */
    @Override
    public void accept(LedgerTopic topic, String key, Message row, long timestampMillis) {
        if (!inTransaction) {
            producer.beginTransaction();
            inTransaction = true;
        }
        requireTaken();
        var unused = producer.send(
                new ProducerRecord<>(
                        topic.named(prefix),
                        null,
                        timestampMillis,
                        key.getBytes(StandardCharsets.UTF_8),
                        topic.format(format).serialize(row)),
                (at, refusal) -> {
                    if (refusal != null) {
                        fault.compareAndSet(null, refusal);
                    }
                });
    }

    /** @throws KafkaException when Kafka has refused a row; then no row since the last commit is visible */
    @Override
    public void commit() {
        if (inTransaction) {
            producer.flush();
            requireTaken();
            producer.commitTransaction();
            inTransaction = false;
            hasCommitted = true;
        }
    }

    /** Returns when the committed rows are visible. */
    @Override
    public void close() {
        try {
            if (inTransaction) {
                producer.abortTransaction();
            }
        } catch (KafkaException e) {
            hasCommitted = false; // the broker aborts the open transaction of a closed producer
        } finally {
            producer.close(CLOSE_TIMEOUT);
        }
        if (hasCommitted) {
            TransactionEnd.await(config);
        }
    }

    private void requireTaken() {
        Exception refusal = fault.get();
        if (refusal != null) {
            throw new KafkaException("Kafka refused a row: " + refusal.getMessage(), refusal);
        }
    }
}
