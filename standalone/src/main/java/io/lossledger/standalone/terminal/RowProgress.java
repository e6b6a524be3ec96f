package io.lossledger.standalone.terminal;

import io.lossledger.analysis.RunRows;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** Tells how many rows were read, every second from the second one on, and ends the work when the user asks for it. */
public final class RowProgress implements RunRows.Progress {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter err;
    private final StopSignal stop;
    private final Ticker ticker = new Ticker();
    private final long start = System.nanoTime();
    private long rows;

    public RowProgress(PrintWriter err, StopSignal stop) {
        this.err = err;
        this.stop = stop;
    }

    /** @throws CancellationException when the user has asked to stop */
    @Override
    public void row() {
        if (stop.isAsked()) {
            throw new CancellationException("stopped; nothing was written");
        }
        rows++;
        if (System.nanoTime() - start > QUIET_NANOS && ticker.isDue()) {
            err.printf(Locale.ROOT, "%,d rows ...%n", rows);
            err.flush();
        }
    }
}
