package io.lossledger.standalone.terminal;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows on standard error the progress of work that takes more than two seconds: on one line that is overwritten every second,
 * or, if standard error is not a terminal, on a new line every ten seconds. Not thread-safe.
 */
public final class ProgressLine {
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int SECONDS_PER_LINE = 10;

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final long started;
    private long last;
    private int shown;

    @SuppressWarnings(
            "SystemConsoleNull") // from Java 22 on everything is taken for a terminal: the line is only less pretty
    public ProgressLine(PrintWriter err) {
        this(err, System.console() != null, System::nanoTime);
    }

    ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
        this.err = err;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        started = nanoTime.getAsLong();
        last = started;
    }

    /** Shows a text if a line is due. */
    public void show(String text) {
        long now = nanoTime.getAsLong();
        long pause = TimeUnit.SECONDS.toNanos(terminal ? 1 : SECONDS_PER_LINE);
        if (now - started < SILENT_NANOS || now - last < pause) {
            return;
        }
        last = now;
        if (terminal) {
            err.print("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
            err.flush();
            shown = text.length();
        } else {
            err.println(text);
        }
    }

    /** Clears the line, for other output. */
    public void clear() {
        if (shown > 0) {
            err.print("\r" + " ".repeat(shown) + "\r");
            err.flush();
            shown = 0;
        }
    }

    /** A time such as {@code 1:02:03} or {@code 0:07}; {@code ?} when it is not known. */
    public static String time(double seconds) {
        if (!(seconds < Integer.MAX_VALUE)) {
            return "?";
        }
        long whole = Math.round(seconds);
        long hours = whole / 3_600;
        String minutes = (hours > 0 && whole / 60 % 60 < 10 ? "0" : "") + whole / 60 % 60;
        String rest = (whole % 60 < 10 ? "0" : "") + whole % 60;
        return (hours > 0 ? hours + ":" : "") + minutes + ":" + rest;
    }
}
