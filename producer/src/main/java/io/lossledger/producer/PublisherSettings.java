package io.lossledger.producer;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How steps are sent. Immutable.
 *
 * @param topicPrefix what topic names begin with
 * @param chunkBytes bytes of delta and gradients in one record, at least 1,024
 * @param kafka settings of the Kafka producer, with {@code bootstrap.servers}; they win over the defaults here
 */
public record PublisherSettings(String topicPrefix, int chunkBytes, Map<String, Object> kafka) {
    /** Measured best for throughput, and small enough for many chunks to balance over partitions. */
    public static final int DEFAULT_CHUNK_BYTES = 256 << 10;

    /** @throws IllegalArgumentException when {@code chunkBytes} is too small */
    public PublisherSettings {
        if (chunkBytes < 1024) {
            throw new IllegalArgumentException("chunk.bytes: must be at least 1024. Found: " + chunkBytes);
        }
        kafka = Map.copyOf(kafka);
    }

    Map<String, Object> producerConfig(String run) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "lossledger-producer-" + run);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 512 << 10);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
        config.putAll(kafka);
        return config;
    }
}
