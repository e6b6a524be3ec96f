package io.lossledger.standalone.terminal;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Reports that Kafka is unavailable: once, then every half minute with the duration, and when it answers again. Not thread-safe. */
public final class OutageLines {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final PrintWriter out;
    private final String address;
    private final LongSupplier nanos;
    private boolean away;
    private long since;
    private long said;

    /** @param nanos a clock such as {@link System#nanoTime} */
    public OutageLines(PrintWriter out, String address, LongSupplier nanos) {
        this.out = out;
        this.address = address;
        this.nanos = nanos;
    }

    public void away(String reason) {
        long now = nanos.getAsLong();
        if (!away) {
            away = true;
            since = now;
            said = now;
            out.println("waiting for Kafka at " + address + " (" + reason + ")");
        } else if (now - said >= PERIOD_NANOS) {
            said = now;
            out.println("still waiting for Kafka at " + address + " after " + seconds(now) + " s");
        }
    }

    public void back() {
        if (away) {
            away = false;
            out.println("Kafka at " + address + " answers again after " + seconds(nanos.getAsLong()) + " s");
        }
    }

    private long seconds(long now) {
        return TimeUnit.NANOSECONDS.toSeconds(now - since);
    }
}
