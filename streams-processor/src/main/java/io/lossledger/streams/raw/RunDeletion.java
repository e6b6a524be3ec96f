package io.lossledger.streams.raw;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Deletes runs as far as Kafka can: their manifests, so that they are no longer listed, and their records at the beginning of
 * partitions. Kafka cannot delete from the middle: records after one of another run stay until retention removes them.
 * Stateless.
 */
public final class RunDeletion {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final List<LedgerTopic> TOPICS = List.of(
            LedgerTopic.UPDATE,
            LedgerTopic.TRAJECTORY,
            LedgerTopic.LAYER,
            LedgerTopic.UNIT,
            LedgerTopic.STEP,
            LedgerTopic.WINDOW,
            LedgerTopic.MOMENT,
            LedgerTopic.ALERT,
            LedgerTopic.BUCKET,
            LedgerTopic.PARAMETER);

    private RunDeletion() {}

    /**
     * Deletes the runs. Can be repeated after a failure.
     *
     * @param kafka settings of the clients, with {@code bootstrap.servers}
     * @param answered whether a processor has acted on the requests to delete them; if not, requests are kept for it
     * @return for each topic that exists how many offsets were deleted: records and commit markers
     * @throws ExecutionException when Kafka refuses; its cause says why
     * @throws TimeoutException when Kafka does not answer
     */
    public static SortedMap<String, Long> delete(
            Map<String, Object> kafka, String topicPrefix, Set<String> runs, boolean answered)
            throws ExecutionException, InterruptedException {
        SortedMap<String, Long> deleted = new TreeMap<>();
        try (Admin admin = Admin.create(kafka);
                Consumer<byte[], byte[]> consumer = consumer(kafka)) {
            for (LedgerTopic topic : TOPICS) {
                String name = topic.named(topicPrefix);
                List<TopicPartition> partitions = CommittedReads.partitions(consumer, name, TIMEOUT);
                if (!partitions.isEmpty()) {
                    deleted.put(name, delete(admin, consumer, partitions, mayGo(topic, runs, answered)));
                }
            }
        }
        // Last, so that an interrupted deletion can be repeated.
        try (KafkaProducer<byte[], byte[]> manifests =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String run : runs) {
                byte[] key = run.getBytes(StandardCharsets.UTF_8);
                manifests
                        .send(new ProducerRecord<>(LedgerTopic.RUN.named(topicPrefix), key, deleted(run)))
                        .get();
            }
        }
        return deleted;
    }

    /** The manifest that remains, so that the id is not used again. */
    private static byte[] deleted(String run) {
        return RowFormat.JSON.serialize(RunManifest.newBuilder()
                .setRun(run)
                .setStatus(RunStatus.RUN_STATUS_DELETED)
                .setEnded(Timestamps.fromMillis(System.currentTimeMillis()))
                .build());
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> kafka) {
        Map<String, Object> config = CommittedReads.settings(kafka);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static long delete(
            Admin admin,
            Consumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            Predicate<byte @Nullable []> mayGo)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> firsts = consumer.beginningOffsets(partitions, TIMEOUT);
        Map<TopicPartition, RecordsToDelete> toDelete = new HashMap<>();
        long deleted = 0;
        for (var kept : firstKept(consumer, partitions, mayGo).entrySet()) {
            long offsets = kept.getValue() - firsts.getOrDefault(kept.getKey(), 0L);
            if (offsets > 0) {
                toDelete.put(kept.getKey(), RecordsToDelete.beforeOffset(kept.getValue()));
                deleted += offsets;
            }
        }
        admin.deleteRecords(toDelete).all().get();
        return deleted;
    }

    /** Decides by the key. A request that no processor has answered must be kept for one. */
    private static Predicate<byte @Nullable []> mayGo(LedgerTopic topic, Set<String> runs, boolean answered) {
        return key -> {
            String run = RunRecords.runOf(key);
            boolean request = topic == LedgerTopic.UPDATE && key != null && key.length == run.length();
            return runs.contains(run) && (answered || !request);
        };
    }

    /** For each partition the offset of the first record that is kept, or the end. */
    private static Map<TopicPartition, Long> firstKept(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Predicate<byte @Nullable []> mayGo) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> kept = new HashMap<>();
        Set<TopicPartition> open = new HashSet<>(partitions);
        long advanced = System.nanoTime();
        while (true) {
            for (TopicPartition partition : List.copyOf(open)) {
                long end = ends.getOrDefault(partition, 0L);
                if (consumer.position(partition, TIMEOUT) >= end) {
                    kept.putIfAbsent(partition, end);
                }
            }
            open.removeAll(kept.keySet());
            consumer.pause(kept.keySet());
            if (open.isEmpty()) {
                return kept;
            }
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                advanced = System.nanoTime();
            } else if (System.nanoTime() - advanced > PATIENCE.toNanos()) {
                throw new TimeoutException("no record came within " + PATIENCE.toSeconds() + " s");
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (!mayGo.test(record.key())) {
                    kept.putIfAbsent(new TopicPartition(record.topic(), record.partition()), record.offset());
                }
            }
        }
    }
}
