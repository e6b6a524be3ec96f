package io.lossledger.producer.measure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What the gradients of a run have cost so far. Thread-safe. */
public final class MeasureTiming {
    private final AtomicLong evaluations = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();

    /** The gradients evaluated; a sampled one counts once, although it is evaluated in two halves. */
    public long evaluations() {
        return evaluations.get();
    }

    /** The total wall time of the evaluations. */
    public Duration time() {
        return Duration.ofNanos(nanos.get());
    }

    <T> T evaluate(Supplier<T> evaluation) {
        return evaluate(1, evaluation);
    }

    /** @param count how many gradients are evaluated together */
    <T> T evaluate(int count, Supplier<T> evaluation) {
        long start = System.nanoTime();
        try {
            return evaluation.get();
        } finally {
            nanos.addAndGet(System.nanoTime() - start);
            evaluations.addAndGet(count);
        }
    }
}
