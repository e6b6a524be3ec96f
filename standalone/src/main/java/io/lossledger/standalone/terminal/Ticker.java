package io.lossledger.standalone.terminal;

import java.util.concurrent.TimeUnit;

/** Says when the next line of progress is due: at once, then every second. Not thread-safe. */
public final class Ticker {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long last = System.nanoTime() - PERIOD_NANOS;

    public boolean isDue() {
        long now = System.nanoTime();
        if (now - last < PERIOD_NANOS) {
            return false;
        }
        last = now;
        return true;
    }
}
