package io.lossledger.standalone.terminal;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Reports a wait: once, then every half minute with the duration, and when it is over. Not thread-safe. */
public final class OutageLines {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final PrintWriter out;
    private final String what;
    private final String over;
    private final LongSupplier nanos;
    private boolean away;
    private long since;
    private long said;

    /**
     * Reports that Kafka is unavailable.
     *
     * @param nanos a clock such as {@link System#nanoTime}
     */
    public OutageLines(PrintWriter out, String address, LongSupplier nanos) {
        this(out, "Kafka at " + address, "Kafka at " + address + " answers again", nanos);
    }

    /**
     * @param what what is waited for
     * @param over says that the wait is over
     */
    public OutageLines(PrintWriter out, String what, String over, LongSupplier nanos) {
        this.out = out;
        this.what = what;
        this.over = over;
        this.nanos = nanos;
    }

    public void away(String reason) {
        long now = nanos.getAsLong();
        if (!away) {
            away = true;
            since = now;
            said = now;
            out.println("waiting for " + what + " (" + reason + ")");
        } else if (now - said >= PERIOD_NANOS) {
            said = now;
            out.println("still waiting for " + what + " after " + seconds(now) + " s");
        }
    }

    public void back() {
        if (away) {
            away = false;
            out.println(over + " after " + seconds(nanos.getAsLong()) + " s");
        }
    }

    private long seconds(long now) {
        return TimeUnit.NANOSECONDS.toSeconds(now - since);
    }
}
