package io.lossledger.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the list of runs. Stateless. */
public final class RunManifests {
    private static final Logger log = LoggerFactory.getLogger(RunManifests.class);

    private RunManifests() {}

    /**
     * Reads the newest manifest of every run, by run id. Deleted runs are omitted.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @throws IllegalArgumentException when the topic does not exist
     * @throws TimeoutException when the cluster does not answer, or reading makes no progress, for half a minute
     */
    public static Map<String, RunManifest> read(Map<String, Object> kafka, String topicPrefix) {
        try (TopicScan scan = TopicScan.with(kafka)) {
            return read(scan, topicPrefix);
        }
    }

    /**
     * The manifests of all runs, including deleted ones. First checks that a topic exists, because a producer would
     * wait for it.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @param topic topic that must exist
     * @param patience how long Kafka may take for an answer
     * @throws IllegalArgumentException when the topic does not exist
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer within the patience
     */
    public static Map<String, RunManifest> read(
            Map<String, Object> kafka, String topicPrefix, String topic, Duration patience) {
        try (TopicScan scan = TopicScan.with(kafka, patience)) {
            scan.partitions(topic);
            return readAll(scan, topicPrefix);
        }
    }

    static Map<String, RunManifest> read(TopicScan scan, String topicPrefix) {
        Map<String, RunManifest> runs = readAll(scan, topicPrefix);
        runs.values().removeIf(RunManifests::isDeleted);
        return runs;
    }

    /** Whether the run was deleted and only its id remains. */
    public static boolean isDeleted(RunManifest manifest) {
        return manifest.getStatus() == RunStatus.RUN_STATUS_DELETED;
    }

    private static Map<String, RunManifest> readAll(TopicScan scan, String topicPrefix) {
        Map<String, RunManifest> runs = new TreeMap<>();
        scan.read(scan.partitions(LedgerTopic.RUN.named(topicPrefix)), entry -> keep(entry, runs));
        return runs;
    }

    /**
     * Checks that a topic exists, because a producer would wait for a missing one.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @throws IllegalArgumentException when the topic does not exist
     * @throws org.apache.kafka.common.errors.TimeoutException when the cluster does not answer within half a minute
     */
    public static void requireTopic(Map<String, Object> kafka, String topic) {
        try (TopicScan scan = TopicScan.with(kafka)) {
            scan.partitions(topic);
        }
    }

    private static void keep(ConsumerRecord<String, byte[]> entry, Map<String, RunManifest> runs) {
        if (entry.key() == null) {
            return;
        }
        if (entry.value() == null) {
            runs.remove(entry.key());
            return;
        }
        try {
            runs.put(
                    entry.key(),
                    RowFormat.read(entry.value(), RunManifest.newBuilder()).build());
        } catch (InvalidProtocolBufferException e) {
            log.warn("Skipped a record of {} that is not a manifest: {}", entry.topic(), e.getMessage());
        }
    }
}
