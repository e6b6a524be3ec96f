package io.lossledger.producer.blas.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void runsEachTaskOnce() {
        AtomicIntegerArray runs = new AtomicIntegerArray(1_000);
        try (Workers workers = new Workers(3)) {
            workers.each(runs.length(), (worker, number) -> runs.incrementAndGet(number));
        }
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
    }

    @Test
    void reportsAFailureAndContinues() {
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.each(10, (worker, number) -> {
                        throw new ArithmeticException("no number");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The network could not be evaluated: java.lang.ArithmeticException: no number")
                    .hasCauseInstanceOf(ArithmeticException.class);
            workers.each(10, (worker, number) -> {});
        }
    }

    /** Tasks write to memory that is freed as soon as this returns. */
    @Test
    void waitsForTasksThatRunWhenItIsInterrupted() {
        Thread caller = Thread.currentThread();
        AtomicInteger running = new AtomicInteger();
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.each(2, (worker, number) -> {
                        running.incrementAndGet();
                        caller.interrupt();
                        long start = System.nanoTime();
                        while (caller.isInterrupted() && System.nanoTime() - start < TimeUnit.MINUTES.toNanos(1)) {
                            Thread.onSpinWait(); // until the caller has noticed
                        }
                        running.decrementAndGet();
                    }))
                    .hasMessage("Interrupted while evaluating");
        }
        assertThat(running).hasValue(0);
        assertThat(Thread.interrupted()).isTrue();
    }
}
