package io.lossledger.streams.progress;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How long each transactional producer has tried to write without a commit. An attempt begins when the producer first waits for
 * Kafka, and not with the transaction: a step that is processed for minutes is no attempt. It ends with a commit alone, because
 * after an abort the same work is done again. Thread-safe.
 */
public final class CommitClock {
    private final LongSupplier nanos;
    private final Map<String, Long> since = new ConcurrentHashMap<>();
    private final AtomicLong commits = new AtomicLong();

    /** @param nanos a clock such as {@link System#nanoTime} */
    public CommitClock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The producer waits for Kafka; whether it did not wait before. */
    boolean waiting(String producer) {
        return since.putIfAbsent(producer, nanos.getAsLong()) == null;
    }

    /** The producer has nothing to commit. */
    void idle(String producer) {
        since.remove(producer);
    }

    void committed(String producer) {
        since.remove(producer);
        commits.incrementAndGet();
    }

    /** Forgets the attempts of producers whose partitions may belong to others now. */
    void clear() {
        since.clear();
    }

    /** The commits so far. */
    long commits() {
        return commits.get();
    }

    /** How long the oldest attempt has lasted. */
    Duration longest() {
        long now = nanos.getAsLong();
        return Duration.ofNanos(
                since.values().stream().mapToLong(begin -> now - begin).max().orElse(0));
    }
}
