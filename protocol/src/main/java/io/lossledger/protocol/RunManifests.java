package io.lossledger.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads which runs there are. Stateless. */
public final class RunManifests {
    private static final Logger log = LoggerFactory.getLogger(RunManifests.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_WAIT_MILLIS = 20;

    private RunManifests() {}

    /**
     * Reads the newest manifest of every run, by run id.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @throws IllegalArgumentException when the topic does not exist
     * @throws TimeoutException when the cluster does not answer within half a minute
     */
    public static Map<String, RunManifest> read(Map<String, Object> kafka, String topicPrefix) {
        try (Consumer<String, byte[]> consumer = consumer(kafka)) {
            return read(consumer, LedgerTopic.RUN.named(topicPrefix));
        }
    }

    /**
     * Makes sure that a topic exists, as a producer would wait for one that does not.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @throws IllegalArgumentException when it does not
     * @throws TimeoutException when the cluster does not answer within half a minute
     */
    public static void requireTopic(Map<String, Object> kafka, String topic) {
        try (Consumer<String, byte[]> consumer = consumer(kafka)) {
            partitions(consumer, topic);
        }
    }

    private static Consumer<String, byte[]> consumer(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        // Closing waits for the answer to the last request, which has no record to bring any more.
        config.put("fetch.max.wait.ms", MAX_WAIT_MILLIS);
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(Consumer<String, byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic, TIMEOUT).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException(
                    "topic: must exist; lossledger topics --create makes it. Found: no " + topic);
        }
        return partitions;
    }

    private static Map<String, RunManifest> read(Consumer<String, byte[]> consumer, String topic) {
        List<TopicPartition> partitions = partitions(consumer, topic);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<String, RunManifest> runs = new TreeMap<>();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), TIMEOUT) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("Reading " + topic + " took more than " + TIMEOUT.toSeconds() + " s");
            }
            for (ConsumerRecord<String, byte[]> entry : consumer.poll(Duration.ofMillis(200))) {
                keep(entry, runs);
            }
        }
        return runs;
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
            RunManifest.Builder manifest = RunManifest.newBuilder();
            RowFormat.JSON.merge(entry.value(), manifest);
            runs.put(entry.key(), manifest.build());
        } catch (InvalidProtocolBufferException e) {
            log.warn("Passed over a record of {} that is no manifest: {}", entry.topic(), e.getMessage());
        }
    }
}
