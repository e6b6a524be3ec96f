package io.lossledger.producer.publish;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Knows whether a record for a topic can be handed to Kafka's producer without waiting. When all brokers are
 * unreachable, the producer forgets where the partitions are, and every record would block for {@code max.block.ms}.
 * Only the first check waits that long. A thread then keeps checking, and until Kafka responds, the answer is an
 * immediate no. Thread-safe.
 */
final class KafkaAvailability implements AutoCloseable {
    private static final long PAUSE_MILLIS = 100;

    private final Producer<?, ?> producer;
    private final String topic;
    private final AtomicBoolean away = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    KafkaAvailability(Producer<?, ?> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    boolean isThere() {
        if (away.get()) {
            return false;
        }
        try {
            producer.partitionsFor(topic);
            return true;
        } catch (KafkaException e) {
            if (away.compareAndSet(false, true)) {
                Thread thread = new Thread(this::ask, "lossledger-kafka-watch");
                thread.setDaemon(true);
                thread.start();
            }
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void ask() {
        try {
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (answers()) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            away.set(false); // after any other failure the next step checks again
        }
    }

    private boolean answers() {
        try {
            producer.partitionsFor(topic);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (RuntimeException e) { // closed, say
            return true;
        }
    }
}
