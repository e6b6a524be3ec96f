package io.lossledger.producer.publish;

import io.lossledger.protocol.SocketBuffers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How steps are sent. Immutable.
 *
 * @param topicPrefix prefix of topic names
 * @param chunkBytes bytes of delta and gradients, or of the units' sums, in one record, at least 1,024; with 16 KiB for the rest, the record must
 *     fit into the producer's {@code max.request.size} and the topic's {@code max.message.bytes}
 * @param patience how long a step waits while Kafka accepts nothing, before the step is given up
 * @param kafka settings of the Kafka producer, with {@code bootstrap.servers}; they override the defaults here
 * @param form what the updates contain
 */
public record PublisherSettings(
        String topicPrefix, int chunkBytes, Duration patience, Map<String, Object> kafka, UpdateForm form) {
    /** The best throughput in measurements, and small enough for many chunks to spread evenly over partitions. */
    public static final int DEFAULT_CHUNK_BYTES = 256 << 10;

    private static final int DEFAULT_MAX_REQUEST_SIZE = 1 << 20;
    private static final int OTHER_BYTES = 16 << 10;
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(15);

    private static final long DEFAULT_BUFFER_BYTES = 64L << 20;
    private static final long DEFAULT_DELIVERY_MILLIS = 120_000;
    private static final Duration LEAST_ANSWER = Duration.ofSeconds(10);
    private static final long LEAST_BLOCK_MILLIS = 1_000;

    /** @throws IllegalArgumentException when {@code chunkBytes} is too small or too large, or patience is negative */
    public PublisherSettings {
        if (chunkBytes < 1024) {
            throw new IllegalArgumentException("chunk.bytes: must be at least 1024. Found: " + chunkBytes);
        }
        Object limit = kafka.getOrDefault(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DEFAULT_MAX_REQUEST_SIZE);
        long most = Long.parseLong(limit.toString()) - OTHER_BYTES;
        if (chunkBytes > most) {
            throw new IllegalArgumentException("chunk.bytes: must be at most " + most
                    + ", max.request.size less 16 KiB for the rest of a record. Found: " + chunkBytes);
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("kafka-patience: must be at least 0 s. Found: " + patience.toSeconds());
        }
        kafka = Map.copyOf(kafka);
    }

    /** Updates with vectors. */
    public PublisherSettings(String topicPrefix, int chunkBytes, Duration patience, Map<String, Object> kafka) {
        this(topicPrefix, chunkBytes, patience, kafka, UpdateForm.VECTORS);
    }

    /** The same with updates of another form. */
    public PublisherSettings withForm(UpdateForm other) {
        return new PublisherSettings(topicPrefix, chunkBytes, patience, kafka, other);
    }

    /** Half is left to Kafka's producer, which rounds up its batches. */
    long maxUnsentBytes() {
        Object buffer = kafka.getOrDefault(ProducerConfig.BUFFER_MEMORY_CONFIG, DEFAULT_BUFFER_BYTES);
        return Long.parseLong(buffer.toString()) / 2;
    }

    /** How long the first answer of Kafka may take: the patience, or the longest that a connection needs. */
    Duration answerPatience() {
        return patience.compareTo(LEAST_ANSWER) < 0 ? LEAST_ANSWER : patience;
    }

    /** The time after which Kafka's producer has delivered or given up every record, with a margin. */
    Duration deliveryPatience() {
        return deliveryTimeout().plus(LEAST_ANSWER);
    }

    /** How long Kafka's producer tries to deliver a record. */
    Duration deliveryTimeout() {
        Object timeout = kafka.getOrDefault(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DEFAULT_DELIVERY_MILLIS);
        return Duration.ofMillis(Long.parseLong(timeout.toString()));
    }

    Map<String, Object> producerConfig(String run) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "lossledger-producer-" + run);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.SEND_BUFFER_CONFIG, SocketBuffers.OF_THE_SYSTEM);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 512 << 10);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, DEFAULT_BUFFER_BYTES);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Math.max(LEAST_BLOCK_MILLIS, patience.toMillis()));
        config.putAll(kafka);
        return config;
    }
}
