package io.lossledger.streams.letters;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's producer, except that records known to be too large are refused before they touch the transaction. Kafka's own
 * check aborts the transaction, so that with exactly-once nothing could be written in place of the record. Thread-safe.
 */
public class LimitedProducer extends KafkaProducer<byte[], byte[]> {
    /** At most what a batch of one record adds to key, value and headers. */
    private static final int BATCH_BYTES = 128;

    private static final int HEADER_BYTES = 10;

    private final RecordLimits limits;
    private final long clientLimit;
    private final AtomicBoolean spoilt = new AtomicBoolean();

    public LimitedProducer(Map<String, Object> config, RecordLimits limits) {
        super(config, new ByteArraySerializer(), new ByteArraySerializer());
        this.limits = limits;
        ProducerConfig parsed = new ProducerConfig(withSerializers(config));
        clientLimit = Math.min(
                parsed.getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                parsed.getLong(ProducerConfig.BUFFER_MEMORY_CONFIG));
    }

    /** Without them a configuration cannot be read. */
    private static Map<String, Object> withSerializers(Map<String, Object> config) {
        Map<String, Object> complete = new HashMap<>(config);
        complete.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        complete.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return complete;
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        long size = size(record);
        long limit = Math.min(clientLimit, limits.of(record.topic()));
        if (size > limit) {
            RecordRefusedException refusal = new RecordRefusedException(record.topic(), limit, size);
            callback.onCompletion(null, refusal);
            return CompletableFuture.failedFuture(refusal);
        }
        return super.send(record, (metadata, fault) -> {
            // The first one aborts the transaction, and all that follows in it fails with the same error.
            if (fault instanceof RecordTooLargeException && !spoilt.getAndSet(true)) {
                limits.refused(record.topic(), size);
            }
            callback.onCompletion(metadata, fault);
        });
    }

    private static long size(ProducerRecord<byte[], byte[]> record) {
        long size = BATCH_BYTES;
        size += record.key() == null ? 0 : record.key().length;
        size += record.value() == null ? 0 : record.value().length;
        for (Header header : record.headers()) {
            // A character takes up to three bytes.
            size += HEADER_BYTES + 3L * header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }
}
