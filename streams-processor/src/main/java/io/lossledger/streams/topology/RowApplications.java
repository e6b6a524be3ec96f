package io.lossledger.streams.topology;

import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Finds the applications that have booked the runs of a ledger: a second one would write every row again. Stateless.
 */
public final class RowApplications {
    /** Represents rows that do not name their application: those of version 0.1.0 and of replays. */
    public static final String UNNAMED = "";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long FIRST_LOOK = 64;

    private RowApplications() {}

    /**
     * The applications of the newest row in each partition of the step topic.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @return application ids, {@link #UNNAMED} among them when a row names none
     * @throws org.apache.kafka.common.errors.TopicAuthorizationException when the topic may not be read
     * @throws TimeoutException when Kafka does not answer for half a minute
     */
    public static Set<String> ofNewestRows(Map<String, Object> kafka, String topicPrefix) {
        Map<String, Object> config = CommittedReads.settings(kafka);
        String topic = LedgerTopic.STEP.named(topicPrefix);
        Set<String> applications = new TreeSet<>();
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = CommittedReads.partitions(consumer, topic, TIMEOUT);
            Map<TopicPartition, Long> firsts = consumer.beginningOffsets(partitions, TIMEOUT);
            consumer.endOffsets(partitions, TIMEOUT)
                    .forEach((partition, end) -> newest(consumer, partition, firsts.getOrDefault(partition, 0L), end)
                            .ifPresent(row -> applications.add(application(row))));
        }
        return applications;
    }

    /** Commit markers use offsets too, so the last offsets may hold no row. */
    private static Optional<ConsumerRecord<byte[], byte[]>> newest(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long first, long end) {
        Optional<ConsumerRecord<byte[], byte[]>> newest = Optional.empty();
        long from = end;
        for (long look = FIRST_LOOK; newest.isEmpty() && from > first; look *= 2) {
            long to = from;
            from = Math.max(first, end - look);
            newest = lastBetween(consumer, partition, from, to);
        }
        return newest;
    }

    private static Optional<ConsumerRecord<byte[], byte[]>> lastBetween(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long from, long to) {
        Optional<ConsumerRecord<byte[], byte[]>> last = Optional.empty();
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (consumer.position(partition, TIMEOUT) < to) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "Reading " + partition + " did not reach its end within " + TIMEOUT.toSeconds() + " s");
            }
            for (ConsumerRecord<byte[], byte[]> row : consumer.poll(POLL)) {
                last = Optional.of(row);
            }
        }
        return last;
    }

    private static String application(ConsumerRecord<byte[], byte[]> row) {
        Header stamp = row.headers().lastHeader(RowStamp.APPLICATION);
        return stamp == null || stamp.value() == null ? UNNAMED : new String(stamp.value(), StandardCharsets.UTF_8);
    }
}
