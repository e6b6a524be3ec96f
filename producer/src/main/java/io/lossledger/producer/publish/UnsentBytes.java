package io.lossledger.producer.publish;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Counts the bytes handed to Kafka's producer and not yet acknowledged or lost, and makes a step wait for room. A step
 * waits as long as Kafka makes progress. When nothing is acknowledged for the time of the patience, Kafka counts as
 * unreachable, and no step waits again until Kafka has acknowledged something. Thread-safe.
 */
final class UnsentBytes {
    private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final long limit;
    private final long patienceNanos;
    private long bytes;
    private long acknowledged;
    private boolean away;

    UnsentBytes(long limit, Duration patience) {
        this.limit = limit;
        this.patienceNanos = patience.toNanos();
    }

    /** Waits for room; false when there is none because Kafka is unreachable. Anything fits into an empty buffer. */
    synchronized boolean awaitRoom(long needed) {
        long seen = acknowledged;
        long deadline = System.nanoTime() + patienceNanos;
        while (bytes > 0 && bytes + needed > limit) {
            long now = System.nanoTime();
            if (acknowledged != seen) {
                seen = acknowledged;
                deadline = now + patienceNanos;
            }
            long left = deadline - now;
            if (away || left <= 0) {
                away = true;
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    synchronized void handedOver(long count) {
        bytes += count;
    }

    synchronized void settled(long count, boolean taken) {
        bytes -= count;
        if (taken) {
            acknowledged += count;
            away = false;
        }
        notifyAll();
    }

    /**
     * Waits until every byte is acknowledged or lost; gives up when there has been no progress for this long. Reports
     * the rest every two seconds. An interrupt does not end the wait.
     */
    synchronized void awaitSettled(Duration most, LongConsumer left) {
        boolean interrupted = false;
        long start = System.nanoTime();
        long said = start;
        long before = bytes;
        while (bytes > 0 && System.nanoTime() - start < most.toNanos()) {
            long now = System.nanoTime();
            if (bytes < before) {
                before = bytes;
                start = now;
            }
            if (now - said >= SAY_NANOS) {
                left.accept(bytes);
                said = now;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, SAY_NANOS - (now - said)));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The bytes acknowledged so far. */
    synchronized long acknowledged() {
        return acknowledged;
    }

    synchronized long bytes() {
        return bytes;
    }
}
