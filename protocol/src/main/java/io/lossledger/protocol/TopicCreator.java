package io.lossledger.protocol;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics of the catalogue that are missing in a cluster; does not change existing topics. */
public final class TopicCreator {
    private static final int TIMEOUT_SECONDS = 60;
    private static final int PAUSE_MILLIS = 50;
    private static final int LARGEST_SEGMENT_BYTES = 256 << 20;
    /** Brokers refuse smaller ones. */
    private static final int LEAST_SEGMENT_BYTES = 1 << 20;

    private TopicCreator() {}

    /** Creates all topics of the catalogue that are missing, as {@link #createMissing(Admin, TopicSettings, Set)} does. */
    public static List<String> createMissing(Admin admin, TopicSettings settings)
            throws ExecutionException, TimeoutException, InterruptedException {
        return createMissing(admin, settings, EnumSet.allOf(LedgerTopic.class));
    }

    /**
     * Creates missing topics, waits until brokers serve them and returns the names of the new topics. Topics that this user
     * may not see are skipped, because they may exist. Safe to call from several programs at once.
     *
     * @param wanted topics to create if they are missing; no other is looked at
     * @throws ExecutionException when the cluster refuses; its cause says why
     * @throws TimeoutException when the cluster does not answer within a minute
     */
    public static List<String> createMissing(Admin admin, TopicSettings settings, Set<LedgerTopic> wanted)
            throws ExecutionException, TimeoutException, InterruptedException {
        Set<String> absent =
                TopicPresence.of(admin, names(wanted, settings.prefix())).missing();
        List<NewTopic> missing = new ArrayList<>();
        for (LedgerTopic topic : wanted) {
            if (absent.contains(topic.named(settings.prefix()))) {
                missing.add(newTopic(topic, settings));
            }
        }
        List<String> created = new ArrayList<>();
        var answers = admin.createTopics(missing).values();
        for (NewTopic topic : missing) {
            try {
                Objects.requireNonNull(answers.get(topic.name())).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                created.add(topic.name());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        awaitLeaders(admin, created, settings.partitions());
        return created;
    }

    private static List<String> names(Set<LedgerTopic> topics, String prefix) {
        return topics.stream().map(topic -> topic.named(prefix)).toList();
    }

    /**
     * Waits until the leader of every partition serves it. Otherwise a producer's first request may arrive too early
     * for a new partition and the second may not; the broker then reports its records as out of order for two minutes.
     */
    static void awaitLeaders(Admin admin, List<String> topics, int partitions)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (String topic : topics) {
            for (int partition = 0; partition < partitions; partition++) {
                ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
        }
        long start = System.nanoTime();
        while (true) {
            try {
                admin.listOffsets(ends).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                // Kafka's client itself waits for a leader, but not for a broker to hear of the topic.
                boolean unheardOf = e.getCause() instanceof UnknownTopicOrPartitionException;
                if (!unheardOf || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS)) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    static NewTopic newTopic(LedgerTopic topic, TopicSettings settings) {
        Map<String, String> config = new HashMap<>();
        int maxMessageBytes = maxMessageBytes(topic, settings);
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
        switch (topic.retention()) {
            case RAW -> {
                config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
                config.put(
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(settings.rawRetention().toMillis()));
                config.put(TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(settings.rawRetentionBytes()));
                // Retention drops only whole segments: without smaller ones a byte limit is accurate only to a
                // gigabyte.
                config.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(segmentBytes(settings, maxMessageBytes)));
            }
            case FOREVER -> {
                config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
                config.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
            }
            case COMPACTED -> config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        }
        return new NewTopic(topic.named(settings.prefix()), settings.partitions(), (short) settings.replicationFactor())
                .configs(config);
    }

    /** A dead letter is larger than the record in it, and must never stop the processor. */
    private static int maxMessageBytes(LedgerTopic topic, TopicSettings settings) {
        return topic.isFromProducers()
                ? settings.maxMessageBytes()
                : Math.max(settings.maxMessageBytes(), settings.maxResultBytes());
    }

    private static int segmentBytes(TopicSettings settings, int maxMessageBytes) {
        if (settings.segmentBytes() != -1) {
            return settings.segmentBytes();
        }
        long wanted = LARGEST_SEGMENT_BYTES;
        if (settings.rawRetentionBytes() >= 0) {
            wanted = Math.min(wanted, settings.rawRetentionBytes() / 8);
        }
        long least = Math.max(LEAST_SEGMENT_BYTES, 2L * maxMessageBytes);
        return (int) Math.min(Integer.MAX_VALUE, Math.max(least, wanted));
    }
}
