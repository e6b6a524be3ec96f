package io.lossledger.producer.publish;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says when records wait and Kafka has acknowledged none for ten seconds, with the reason, and when it accepts records again; at
 * every outage. A training that sends nothing waits for nothing. Thread-safe.
 */
final class AckWatch implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 500;

    private final UnsentBytes unsent;
    private final LongSupplier nanos;
    private final Supplier<String> reason;
    private final Consumer<String> out;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long acknowledged;
    private boolean waits;
    private boolean refused;
    private long since;
    private boolean said;

    /**
     * @param nanos a clock such as {@link System#nanoTime}
     * @param reason why Kafka may accept nothing
     * @param out receives what is said
     */
    AckWatch(UnsentBytes unsent, LongSupplier nanos, Supplier<String> reason, Consumer<String> out) {
        this.unsent = unsent;
        this.nanos = nanos;
        this.reason = reason;
        this.out = out;
        since = nanos.getAsLong();
    }

    /** Looks twice a second, on a daemon thread, until it is closed. */
    AckWatch start() {
        Thread thread = new Thread(this::run, "lossledger-ack-watch");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /** A step was not even handed over, after the time of the patience. */
    synchronized void refused() {
        refused = true;
    }

    /** How long records have waited without an acknowledgement; zero when none wait. */
    synchronized Duration stalled() {
        return waits ? Duration.ofNanos(nanos.getAsLong() - since) : Duration.ZERO;
    }

    void look() {
        if (isTooLong()) {
            String why = reason.get();
            long seconds = stalled().toSeconds();
            out.accept(
                    seconds < PATIENCE.toSeconds()
                            ? "took no step for the time of --kafka-patience: " + why
                            : "has accepted nothing for " + seconds + " s, and records wait: " + why);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** Whether the patience has just ended. */
    private synchronized boolean isTooLong() {
        long now = nanos.getAsLong();
        long taken = unsent.acknowledged();
        if (taken != acknowledged) {
            acknowledged = taken;
            refused = false;
            if (said) {
                said = false;
                out.accept("accepts records again after "
                        + Duration.ofNanos(now - since).toSeconds() + " s");
            }
            since = now;
        }
        // What was lost in an outage no longer waits, but the outage is not over.
        waits = said || refused || unsent.bytes() > 0;
        if (!waits) {
            since = now;
        }
        boolean tooLong = !said && (refused || now - since >= PATIENCE.toNanos());
        said |= tooLong;
        return tooLong;
    }

    private void run() {
        try {
            while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
