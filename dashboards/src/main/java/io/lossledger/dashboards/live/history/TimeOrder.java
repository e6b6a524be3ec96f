package io.lossledger.dashboards.live.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Merges the rows of several partitions by time. The rows of a run are in more than one partition if partitions were
 * added to the topic, and the older ones must come first. Rows of one partition keep their order. Not thread-safe.
 */
public final class TimeOrder {
    private static final long MOST_BYTES = 4 << 20;

    private final Map<TopicPartition, Waiting> partitions = new HashMap<>();

    /** The waiting rows of a partition. */
    private static final class Waiting {
        private final Deque<ConsumerRecord<String, byte[]>> rows = new ArrayDeque<>();
        private long bytes;

        long time() {
            return rows.element().timestamp();
        }
    }

    public void add(ConsumerRecord<String, byte[]> row) {
        Waiting waiting = of(new TopicPartition(row.topic(), row.partition()));
        waiting.rows.add(row);
        waiting.bytes += Math.max(0, row.serializedValueSize());
    }

    /** Whether to pause a partition until some of its rows have been taken. */
    public boolean isFull(TopicPartition partition) {
        return of(partition).bytes > MOST_BYTES;
    }

    /**
     * Takes the rows that are next.
     *
     * @param unread partitions that will add more rows, perhaps older than those of others
     */
    public List<ConsumerRecord<String, byte[]>> take(Set<TopicPartition> unread) {
        List<ConsumerRecord<String, byte[]>> taken = new ArrayList<>();
        PriorityQueue<TopicPartition> next = new PriorityQueue<>(Comparator.comparingLong(
                        (TopicPartition partition) -> of(partition).time())
                .thenComparing(TopicPartition::topic)
                .thenComparing(TopicPartition::partition));
        if (unread.stream().anyMatch(partition -> of(partition).rows.isEmpty())) {
            return taken;
        }
        partitions.forEach((partition, waiting) -> {
            if (!waiting.rows.isEmpty()) {
                next.add(partition);
            }
        });
        while (!next.isEmpty()) {
            TopicPartition oldest = next.remove();
            Waiting waiting = of(oldest);
            ConsumerRecord<String, byte[]> row = waiting.rows.remove();
            waiting.bytes -= Math.max(0, row.serializedValueSize());
            taken.add(row);
            if (!waiting.rows.isEmpty()) {
                next.add(oldest);
            } else if (unread.contains(oldest)) {
                break;
            }
        }
        return taken;
    }

    private Waiting of(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, key -> new Waiting());
    }
}
