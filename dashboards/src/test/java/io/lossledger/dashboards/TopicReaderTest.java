package io.lossledger.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    @Test
    void looksForARunWhereKafkasProducersPutIt() {
        for (int partitions = 1; partitions < 20; partitions++) {
            for (String run : new String[] {"a", "digits-1", "mnist-fc-20261125-065326", "._-"}) {
                assertThat(TopicReader.partitionOf(run, partitions))
                        .isEqualTo(
                                BuiltInPartitioner.partitionForKey(run.getBytes(StandardCharsets.UTF_8), partitions));
            }
        }
    }
}
