package io.lossledger.dashboards.live.topics;

import io.lossledger.dashboards.live.history.TimeOrder;
import io.lossledger.protocol.CommittedReads;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads what is in some partitions at the moment, from a point in time on, in the order of time. Stateless. */
public final class PastRows {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private PastRows() {}

    /**
     * Hands on the rows of a key until there are no more, or the receiver wants no more.
     *
     * @param key the start of the record keys to hand on
     * @param wants receives a row; false: it wants no more
     * @throws TimeoutException when Kafka does not answer for a minute
     */
    public static void read(
            KafkaConsumer<String, byte[]> consumer,
            Collection<TopicPartition> partitions,
            Instant from,
            String key,
            Predicate<ConsumerRecord<String, byte[]>> wants) {
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions, TopicReader.TIMEOUT));
        consumer.assign(partitions);
        CommittedReads.offsetsAt(consumer, from.toEpochMilli(), ends, TopicReader.TIMEOUT)
                .forEach(consumer::seek);
        TimeOrder order = new TimeOrder();
        Set<TopicPartition> unread = unread(consumer, ends);
        long advanced = System.nanoTime();
        while (!unread.isEmpty()) {
            Set<TopicPartition> waiting = new HashSet<>(partitions);
            waiting.removeIf(partition -> unread.contains(partition) && !order.isFull(partition));
            consumer.resume(partitions);
            consumer.pause(waiting);
            ConsumerRecords<String, byte[]> rows = consumer.poll(TopicReader.POLL);
            for (ConsumerRecord<String, byte[]> row : rows) {
                if (row.key() != null && row.value() != null && row.key().startsWith(key)) {
                    order.add(row);
                }
            }
            Set<TopicPartition> left = unread(consumer, ends);
            if (!rows.isEmpty() || left.size() < unread.size()) {
                advanced = System.nanoTime();
            } else if (System.nanoTime() - advanced > PATIENCE.toNanos()) {
                throw new TimeoutException("no row came within " + PATIENCE.toSeconds() + " s");
            }
            unread.retainAll(left);
            List<ConsumerRecord<String, byte[]>> next = order.take(unread);
            if (!next.stream().allMatch(wants)) {
                return;
            }
        }
    }

    private static Set<TopicPartition> unread(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        Set<TopicPartition> unread = new HashSet<>();
        ends.forEach((partition, end) -> {
            if (consumer.position(partition, TopicReader.TIMEOUT) < end) {
                unread.add(partition);
            }
        });
        return unread;
    }
}
