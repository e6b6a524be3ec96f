package io.lossledger.streams.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RecordMergerTest {
    private static final long PATIENCE_MILLIS = 10_000;

    @Test
    void takesTheOldestOfAllPartitionsFirst() throws Exception {
        RecordMerger merger = new RecordMerger(2, 1_000);
        add(merger, 0, 10, 40);
        add(merger, 1, 20, 30, 50);
        merger.end(0);
        merger.end(1);

        assertThat(drain(merger)).containsExactly("0@10", "1@20", "1@30", "0@40", "1@50");
        assertThat(merger.isAtEnd()).isTrue();
    }

    @Test
    void takesTheLowerPartitionFirstWhenTimesAreEqual() throws Exception {
        RecordMerger merger = new RecordMerger(3, 1_000);
        add(merger, 2, 5);
        add(merger, 1, 5);
        add(merger, 0, 6);
        for (int partition = 0; partition < 3; partition++) {
            merger.end(partition);
        }

        assertThat(drain(merger)).containsExactly("1@5", "2@5", "0@6");
    }

    /** A trainer's clock may be set back; the order of a key must not change. */
    @Test
    void keepsTheOrderWithinAPartition() throws Exception {
        RecordMerger merger = new RecordMerger(1, 1_000);
        add(merger, 0, 9, 3, 7);
        merger.end(0);

        assertThat(drain(merger)).containsExactly("0@9", "0@3", "0@7");
    }

    @Test
    void waitsForAPartitionThatMayStillBringAnOlderOne() throws Exception {
        RecordMerger merger = new RecordMerger(2, 1_000);
        add(merger, 0, 10);

        assertThat(merger.next(1)).isEmpty();
        assertThat(merger.isAtEnd()).isFalse();
        add(merger, 1, 5);
        assertThat(merger.next(PATIENCE_MILLIS).map(RecordMergerTest::text)).hasValue("1@5");
    }

    @Test
    void isFullWithManyBytesAndNoLongerWhenTheyAreTaken() throws Exception {
        RecordMerger merger = new RecordMerger(2, 250);
        add(merger, 0, 1, 2);
        assertThat(merger.isFull(0)).isFalse();
        add(merger, 0, 3);
        assertThat(merger.isFull(0)).isTrue();
        assertThat(merger.isFull(1)).isFalse();
        assertThat(merger.bytes()).isEqualTo(3 * 110);
        merger.end(1);
        merger.next(PATIENCE_MILLIS);

        assertThat(merger.isFull(0)).isFalse();
        assertThat(merger.bytes()).isEqualTo(2 * 110);
    }

    @Test
    void reportsAReadFailureToTheThreadThatTakes() {
        RecordMerger merger = new RecordMerger(1, 1_000);
        merger.fail(new IllegalStateException("gone"));

        assertThatThrownBy(() -> merger.next(PATIENCE_MILLIS))
                .isInstanceOf(ReadException.class)
                .hasMessage("Kafka could not be read: gone");
        assertThat(merger.isAtEnd()).isFalse();
    }

    /** Seeded, two threads: whatever the timing, the same order, and never more in memory than allowed. */
    @Test
    void mergesTheSameWhileAnotherThreadAdds() throws Exception {
        int partitions = 5;
        List<List<Long>> times = new ArrayList<>();
        Random random = new Random(3);
        List<String> expected = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            List<Long> lane = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                lane.add(10L * i + random.nextInt(10));
            }
            times.add(lane);
        }
        for (int i = 0; i < 2_000; i++) {
            List<String> row = new ArrayList<>();
            for (long time = 10L * i; time < 10L * i + 10; time++) {
                for (int partition = 0; partition < partitions; partition++) {
                    if (times.get(partition).get(i) == time) {
                        row.add(partition + "@" + time);
                    }
                }
            }
            expected.addAll(row);
        }
        RecordMerger merger = new RecordMerger(partitions, 1_000);
        Thread adds = new Thread(() -> {
            int[] next = new int[partitions];
            for (int left = partitions * 2_000; left > 0; ) {
                boolean added = false;
                for (int partition = 0; partition < partitions; partition++) {
                    if (next[partition] < 2_000 && !merger.isFull(partition)) {
                        add(merger, partition, times.get(partition).get(next[partition]++));
                        added = true;
                        left--;
                    }
                }
                if (!added) {
                    try {
                        merger.awaitRoom(PATIENCE_MILLIS);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
            for (int partition = 0; partition < partitions; partition++) {
                merger.end(partition);
            }
        });
        adds.start();
        List<String> found = new ArrayList<>();
        while (!merger.isAtEnd()) {
            assertThat(merger.bytes()).isLessThanOrEqualTo(partitions * 1_110L);
            merger.next(PATIENCE_MILLIS).ifPresent(record -> found.add(text(record)));
        }
        adds.join(PATIENCE_MILLIS);

        assertThat(found).isEqualTo(expected);
    }

    private static void add(RecordMerger merger, int partition, long... times) {
        for (long time : times) {
            merger.add(
                    partition,
                    new ConsumerRecord<>(
                            "topic",
                            partition,
                            0,
                            time,
                            TimestampType.CREATE_TIME,
                            4,
                            6,
                            new byte[4],
                            new byte[6],
                            new RecordHeaders(),
                            Optional.empty()));
        }
    }

    private static List<String> drain(RecordMerger merger) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        while (!merger.isAtEnd()) {
            merger.next(PATIENCE_MILLIS).ifPresent(record -> taken.add(text(record)));
        }
        return taken;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + "@" + record.timestamp();
    }
}
