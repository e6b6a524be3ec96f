package io.lossledger.dashboards.live.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeOrderTest {
    private static final int PARTITIONS = 4;
    private static final int ROWS = 500;

    private final TimeOrder order = new TimeOrder();

    /** However reading goes from one partition to the other. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void handsRowsOnByTimeWhateverIsReadFirst(long seed) {
        Random random = new Random(seed);
        List<List<ConsumerRecord<String, byte[]>>> left = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            left.add(new ArrayList<>());
        }
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        for (int time = 0; time < ROWS; time++) {
            ConsumerRecord<String, byte[]> row = row(random.nextInt(PARTITIONS), time, 10);
            left.get(row.partition()).add(row);
            all.add(row);
        }
        List<ConsumerRecord<String, byte[]>> taken = new ArrayList<>();
        Set<TopicPartition> unread = unread(left);
        while (!unread.isEmpty()) {
            List<ConsumerRecord<String, byte[]>> rows = left.get(random.nextInt(PARTITIONS));
            for (int count = random.nextInt(20); count > 0 && !rows.isEmpty(); count--) {
                order.add(rows.remove(0));
            }
            unread = unread(left);
            taken.addAll(order.take(unread));
        }

        assertThat(taken).isEqualTo(all);
        assertThat(all).isSortedAccordingTo(Comparator.comparingLong(ConsumerRecord::timestamp));
    }

    @Test
    void isFullWhenManyRowsWait() {
        TopicPartition full = new TopicPartition("t", 0);
        for (int time = 0; time < 5; time++) {
            assertThat(order.isFull(full)).isFalse();
            order.add(row(0, time, 1 << 20));
        }
        assertThat(order.isFull(full)).isTrue();
        assertThat(order.take(Set.of(full, new TopicPartition("t", 1)))).isEmpty();

        assertThat(order.take(Set.of())).hasSize(5);
        assertThat(order.isFull(full)).isFalse();
    }

    private static Set<TopicPartition> unread(List<List<ConsumerRecord<String, byte[]>>> left) {
        return IntStream.range(0, PARTITIONS)
                .filter(partition -> !left.get(partition).isEmpty())
                .mapToObj(partition -> new TopicPartition("t", partition))
                .collect(Collectors.toSet());
    }

    private static ConsumerRecord<String, byte[]> row(int partition, long time, int bytes) {
        return new ConsumerRecord<>(
                "t",
                partition,
                0,
                time,
                TimestampType.CREATE_TIME,
                1,
                bytes,
                "run",
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
    }
}
