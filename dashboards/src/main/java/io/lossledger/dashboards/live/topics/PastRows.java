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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads what is in some partitions at the moment. Stateless. */
public final class PastRows {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long FIRST_LOOK = 1_024;
    private static final int FURTHER = 4;

    private PastRows() {}

    /**
     * Hands on the rows of a key in the order of time, until there are no more or the receiver wants no more.
     *
     * @param key the start of the record keys to hand on
     * @param wants receives a row; false: it wants no more
     * @throws TimeoutException when Kafka does not answer for a minute
     */
    public static void read(
            Consumer<String, byte[]> consumer,
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
            } else {
                requirePatience(advanced);
            }
            unread.retainAll(left);
            List<ConsumerRecord<String, byte[]>> next = order.take(unread);
            if (!next.stream().allMatch(wants)) {
                return;
            }
        }
    }

    /**
     * Hands on all rows, in any order, until there are no more or the receiver wants no more.
     *
     * @param wants receives a row; false: it wants no more
     * @return whether all have been read
     * @throws TimeoutException when Kafka does not answer for a minute
     */
    public static boolean readUnordered(
            Consumer<String, byte[]> consumer,
            Map<TopicPartition, Long> offsets,
            Map<TopicPartition, Long> ends,
            Predicate<ConsumerRecord<String, byte[]>> wants) {
        consumer.assign(offsets.keySet());
        offsets.forEach(consumer::seek);
        long left = CommittedReads.offsetsLeft(consumer, ends, TopicReader.TIMEOUT);
        long advanced = System.nanoTime();
        while (left > 0) {
            for (ConsumerRecord<String, byte[]> row : consumer.poll(TopicReader.POLL)) {
                if (!wants.test(row)) {
                    return false;
                }
            }
            long now = CommittedReads.offsetsLeft(consumer, ends, TopicReader.TIMEOUT);
            if (now < left) {
                left = now;
                advanced = System.nanoTime();
            } else {
                requirePatience(advanced);
            }
        }
        return true;
    }

    /**
     * Looks back from the end of a partition, further and further, until the first row that counts is old enough.
     *
     * @param first where the partition, or all that is of interest in it, begins
     * @param old whether a row is old enough; empty: it does not count
     * @return where to begin reading; empty: no row is old enough
     * @throws TimeoutException when Kafka does not answer for a minute
     */
    public static OptionalLong lookBack(
            Consumer<String, byte[]> consumer,
            TopicPartition partition,
            long first,
            long end,
            Function<ConsumerRecord<String, byte[]>, Optional<Boolean>> old) {
        consumer.assign(List.of(partition));
        long from = end;
        for (long look = FIRST_LOOK; from > first; look *= FURTHER) {
            from = Math.max(first, end - look);
            if (isFirstOld(consumer, partition, from, end, old)) {
                return OptionalLong.of(from);
            }
        }
        return OptionalLong.empty();
    }

    private static boolean isFirstOld(
            Consumer<String, byte[]> consumer,
            TopicPartition partition,
            long from,
            long end,
            Function<ConsumerRecord<String, byte[]>, Optional<Boolean>> old) {
        consumer.seek(partition, from);
        long advanced = System.nanoTime();
        long position = from;
        while (position < end) {
            for (ConsumerRecord<String, byte[]> row : consumer.poll(TopicReader.POLL)) {
                Optional<Boolean> answer = old.apply(row);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
            long next = consumer.position(partition, TopicReader.TIMEOUT);
            if (next > position) {
                position = next;
                advanced = System.nanoTime();
            } else {
                requirePatience(advanced);
            }
        }
        return false;
    }

    private static void requirePatience(long advanced) {
        if (System.nanoTime() - advanced > PATIENCE.toNanos()) {
            throw new TimeoutException("no row came within " + PATIENCE.toSeconds() + " s");
        }
    }

    private static Set<TopicPartition> unread(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        Set<TopicPartition> unread = new HashSet<>();
        ends.forEach((partition, end) -> {
            if (consumer.position(partition, TopicReader.TIMEOUT) < end) {
                unread.add(partition);
            }
        });
        return unread;
    }
}
