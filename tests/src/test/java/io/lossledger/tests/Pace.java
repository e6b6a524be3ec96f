package io.lossledger.tests;

import io.lossledger.producer.step.StepUpdate;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Lets a training come as far as the test allows: the observer of its steps waits, and training waits behind it. */
final class Pace implements Consumer<StepUpdate> {
    private static final long PATIENCE_SECONDS = 120;

    private int allowed;
    private int measured;

    Pace(int allowed) {
        this.allowed = allowed;
    }

    @Override
    public synchronized void accept(StepUpdate step) {
        measured = step.step() + 1;
        notifyAll();
        await(() -> measured < allowed);
    }

    synchronized void allow(int steps) {
        allowed = steps;
        notifyAll();
    }

    /** Waits until so many steps are measured and published or skipped. */
    synchronized void awaitMeasured(int steps) {
        await(() -> measured >= steps);
    }

    private synchronized void await(Condition condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.holds()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("Measured " + measured + " steps of the " + allowed + " allowed");
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                throw new AssertionError("Interrupted", e);
            }
        }
    }

    private interface Condition {
        boolean holds();
    }
}
