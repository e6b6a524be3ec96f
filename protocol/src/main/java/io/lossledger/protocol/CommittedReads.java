package io.lossledger.protocol;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * What all readers of the ledger's topics have in common: they read committed records without a consumer group, create no topic, and
 * leave nothing behind. Stateless.
 */
public final class CommittedReads {
    private CommittedReads() {}

    /** The settings of such a consumer, over those of the user. */
    public static Map<String, Object> settings(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.putIfAbsent("receive.buffer.bytes", SocketBuffers.OF_THE_SYSTEM);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        // Records that are deleted while the topic is read leave a gap. Reading must not skip to the end because of it.
        config.put("auto.offset.reset", "earliest");
        return config;
    }

    /**
     * The partitions of a topic; none when it does not exist.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer within the timeout
     */
    public static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic, Duration timeout) {
        return consumer.partitionsFor(topic, timeout).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /**
     * The partitions of a topic that must exist.
     *
     * @throws IllegalArgumentException when it does not
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer within the timeout
     */
    public static List<TopicPartition> requirePartitions(Consumer<?, ?> consumer, String topic, Duration timeout) {
        List<TopicPartition> partitions = partitions(consumer, topic, timeout);
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException(
                    "topic: must exist (create it with: lossledger topics --create). Found: no " + topic);
        }
        return partitions;
    }

    /**
     * Where reading has to start so that no record of that time or later is left out: at the end, in partitions where all records are
     * older.
     *
     * @param ends the end of each partition, looked up before
     */
    public static Map<TopicPartition, Long> offsetsAt(
            Consumer<?, ?> consumer, long millis, Map<TopicPartition, Long> ends, Duration timeout) {
        Map<TopicPartition, Long> times = new HashMap<>();
        ends.keySet().forEach(partition -> times.put(partition, Math.max(0, millis)));
        Map<TopicPartition, Long> offsets = new HashMap<>(ends);
        consumer.offsetsForTimes(times, timeout).forEach((partition, found) -> {
            if (found != null) {
                offsets.merge(partition, found.offset(), Math::min);
            }
        });
        return offsets;
    }

    /** Offsets that are left up to these ends. Commit markers take offsets too, so what is left may hold no record. */
    public static long offsetsLeft(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends, Duration timeout) {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey(), timeout)))
                .sum();
    }
}
