package io.lossledger.protocol;

import java.time.Duration;

/**
 * How topics are named and created. Immutable.
 *
 * @param prefix prefix of every topic name
 * @param partitions partitions of every topic, at least 1; all results of a run are in one of them
 * @param replicationFactor copies of every partition, 1 to 32767
 * @param rawRetention how long the bulky topics (update, unit, parameter, rejected) keep a record
 * @param rawRetentionBytes how many bytes a partition of the bulky topics keeps; -1: no limit
 * @param maxMessageBytes largest record that the producers' topics accept; those of the processor accept at least 16
 *     MiB
 */
public record TopicSettings(
        String prefix,
        int partitions,
        int replicationFactor,
        Duration rawRetention,
        long rawRetentionBytes,
        int maxMessageBytes) {

    public static final String DEFAULT_PREFIX = "lossledger.";

    /** Six partitions, one copy, seven days of raw records, Kafka's own record limit. */
    public static final TopicSettings DEFAULT =
            new TopicSettings(DEFAULT_PREFIX, 6, 1, Duration.ofDays(7), -1, 1_048_588);

    /** @throws IllegalArgumentException when a value is out of range; the message names it */
    public TopicSettings {
        if (!prefix.matches("[A-Za-z0-9._-]{0,100}")) {
            throw new IllegalArgumentException(
                    "topic.prefix: must be at most 100 letters, digits, '.', '_' or '-'. Found: " + prefix);
        }
        requireAtLeast("topic.partitions", 1, partitions);
        requireAtLeast("topic.replication-factor", 1, replicationFactor);
        if (replicationFactor > Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "topic.replication-factor: must be at most " + Short.MAX_VALUE + ". Found: " + replicationFactor);
        }
        requireAtLeast("topic.raw-retention (ms)", 1, rawRetention.toMillis());
        requireAtLeast("topic.raw-retention-bytes", -1, rawRetentionBytes);
        requireAtLeast("topic.max-message-bytes", 1024, maxMessageBytes);
    }

    private static void requireAtLeast(String name, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ". Found: " + value);
        }
    }

    public TopicSettings withPartitions(int count) {
        return new TopicSettings(prefix, count, replicationFactor, rawRetention, rawRetentionBytes, maxMessageBytes);
    }

    public TopicSettings withReplicationFactor(int copies) {
        return new TopicSettings(prefix, partitions, copies, rawRetention, rawRetentionBytes, maxMessageBytes);
    }

    public TopicSettings withRawRetentionBytes(long bytes) {
        return new TopicSettings(prefix, partitions, replicationFactor, rawRetention, bytes, maxMessageBytes);
    }
}
