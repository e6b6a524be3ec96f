package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

final class PointKeyTest {
    @Test
    void namesRunAndBlock() {
        assertThat(PointKey.of("my-run", 12)).isEqualTo("my-run|12");
    }

    /** So that every worker gets as many, and in order. */
    @Test
    void goesRoundThePartitionsFromTheRunsOwn() {
        byte[] run = "my-run".getBytes(StandardCharsets.UTF_8);
        int first = BuiltInPartitioner.partitionForKey(run, 7);
        List<Integer> partitions = IntStream.range(0, 21)
                .mapToObj(block -> PointKey.partition("my-run", block, 7))
                .toList();
        for (int block = 0; block < 21; block++) {
            assertThat(partitions.get(block)).isEqualTo((first + block) % 7);
        }
    }
}
