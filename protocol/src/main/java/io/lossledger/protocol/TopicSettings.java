package io.lossledger.protocol;

import java.time.Duration;

/**
 * How topics are named and created. Immutable.
 *
 * @param prefix prefix of every topic name
 * @param partitions partitions of every topic, at least 1; all results of a run are in one of them
 * @param replicationFactor copies of every partition, 1 to 32767; -1: as many as the brokers give to new topics
 * @param rawRetention how long the bulky topics (update, trajectory, unit, parameter, rejected) keep a record
 * @param rawRetentionBytes how many bytes a partition of the bulky topics keeps; -1: no limit
 * @param maxMessageBytes largest record that the topics of producers (update, trajectory, run) accept
 * @param maxResultBytes largest record that the topics of the processor accept, if it is more than {@code maxMessageBytes}
 * @param segmentBytes size of the files of the bulky topics; -1: an eighth of {@code rawRetentionBytes}, at most 256 MiB
 */
public record TopicSettings(
        String prefix,
        int partitions,
        int replicationFactor,
        Duration rawRetention,
        long rawRetentionBytes,
        int maxMessageBytes,
        int maxResultBytes,
        int segmentBytes) {

    public static final String DEFAULT_PREFIX = "lossledger.";

    /** As the brokers say, such as the number of copies. */
    public static final int BROKERS_DEFAULT = -1;

    /** Room for a dead letter's headers, for sums that are wider than the vectors they come from, and for the books. */
    public static final int DEFAULT_RESULT_BYTES = 16 << 20;

    /** Six partitions, the brokers' number of copies, seven days of raw records, Kafka's own record limit. */
    public static final TopicSettings DEFAULT =
            new TopicSettings(DEFAULT_PREFIX, 6, BROKERS_DEFAULT, Duration.ofDays(7), -1, 1_048_588);

    private static final int LEAST_RESULT_BYTES = 1 << 20;

    /** With the default size of results and segments. */
    public TopicSettings(
            String prefix,
            int partitions,
            int replicationFactor,
            Duration rawRetention,
            long rawRetentionBytes,
            int maxMessageBytes) {
        this(
                prefix,
                partitions,
                replicationFactor,
                rawRetention,
                rawRetentionBytes,
                maxMessageBytes,
                DEFAULT_RESULT_BYTES,
                -1);
    }

    /** @throws IllegalArgumentException when a value is out of range; the message names it */
    public TopicSettings {
        if (!prefix.matches("[A-Za-z0-9._-]{0,100}")) {
            throw new IllegalArgumentException(
                    "topic.prefix: must be at most 100 letters, digits, '.', '_' or '-'. Found: " + prefix);
        }
        requireAtLeast("topic.partitions", 1, partitions);
        if (replicationFactor != BROKERS_DEFAULT && (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE)) {
            throw new IllegalArgumentException("topic.replication-factor: must be from 1 to " + Short.MAX_VALUE
                    + ", or -1 for the brokers' default. Found: " + replicationFactor);
        }
        requireAtLeast("topic.raw-retention (ms)", 1, rawRetention.toMillis());
        requireAtLeast("topic.raw-retention-bytes", -1, rawRetentionBytes);
        requireAtLeast("topic.max-message-bytes", 1024, maxMessageBytes);
        requireAtLeast("topic.max-result-bytes", LEAST_RESULT_BYTES, maxResultBytes);
        if (segmentBytes != -1) {
            requireAtLeast("topic.segment-bytes", 1, segmentBytes);
        }
    }

    private static void requireAtLeast(String name, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ". Found: " + value);
        }
    }

    public TopicSettings withPartitions(int count) {
        return new TopicSettings(
                prefix,
                count,
                replicationFactor,
                rawRetention,
                rawRetentionBytes,
                maxMessageBytes,
                maxResultBytes,
                segmentBytes);
    }

    public TopicSettings withReplicationFactor(int copies) {
        return new TopicSettings(
                prefix,
                partitions,
                copies,
                rawRetention,
                rawRetentionBytes,
                maxMessageBytes,
                maxResultBytes,
                segmentBytes);
    }

    public TopicSettings withRawRetentionBytes(long bytes) {
        return new TopicSettings(
                prefix,
                partitions,
                replicationFactor,
                rawRetention,
                bytes,
                maxMessageBytes,
                maxResultBytes,
                segmentBytes);
    }
}
