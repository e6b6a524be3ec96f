package io.lossledger.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KafkaAvailabilityTest {
    /** Questions that are still answered by a timeout; those after the first wait for a permit. */
    private final AtomicInteger timeouts = new AtomicInteger();

    private final AtomicInteger questions = new AtomicInteger();
    private final Semaphore permits = new Semaphore(1);

    private final MockProducer<String, byte[]> kafka =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
                @Override
                public List<PartitionInfo> partitionsFor(String topic) {
                    questions.incrementAndGet();
                    if (timeouts.getAndDecrement() > 0) {
                        permits.acquireUninterruptibly();
                        throw new TimeoutException("Topic " + topic + " not present in metadata");
                    }
                    return List.of();
                }
            };

    @Test
    void waitsOnceForAKafkaThatIsAwayAndHearsWhenItIsBack() {
        try (KafkaAvailability watch = new KafkaAvailability(kafka, "lossledger.update")) {
            assertThat(watch.isThere()).isTrue();
            timeouts.set(3);
            for (int step = 0; step < 100; step++) {
                assertThat(watch.isThere()).as("step %d does not wait", step).isFalse();
            }
            assertThat(questions).hasValueBetween(2, 3);

            permits.release(2);
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!watch.isThere() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(watch.isThere()).isTrue();
        }
    }
}
