package io.lossledger.dashboards.live.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadWaitTest {
    private static final TopicPartition STEP = new TopicPartition("step", 0);
    private static final TopicPartition LAYER = new TopicPartition("layer", 0);

    private long nanos;
    private final ReadWait wait = new ReadWait(() -> nanos);
    private final MockConsumer<String, String> consumer = new MockConsumer<>("earliest");

    @BeforeEach
    void assign() {
        consumer.assign(Set.of(STEP, LAYER));
        consumer.updateBeginningOffsets(Map.of(STEP, 0L, LAYER, 0L));
        consumer.updateEndOffsets(Map.of(STEP, 8L, LAYER, 0L));
        consumer.seek(STEP, 5);
        consumer.seek(LAYER, 0);
    }

    @Test
    void namesTheTopicWhoseRecordsNoPollBrings() {
        assertThat(after(0)).isEmpty();
        assertThat(after(9)).isEmpty();
        assertThat(after(1)).containsExactly("step");
        consumer.seek(STEP, 6);

        assertThat(after(1)).isEmpty();
        assertThat(after(10)).containsExactly("step");
    }

    @Test
    void whatHasBeenReadDoesNotWait() {
        consumer.seek(STEP, 8);
        assertThat(after(0)).isEmpty();

        assertThat(after(600)).isEmpty();
    }

    @Test
    void whatIsHeldBackDoesNotWait() {
        consumer.pause(Set.of(STEP));
        assertThat(after(0)).isEmpty();

        assertThat(after(600)).isEmpty();
    }

    private Set<String> after(int seconds) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        return wait.look(consumer);
    }
}
