package io.lossledger.standalone.terminal;

import io.lossledger.analysis.RunRows;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/** Shows how many rows were read, on a {@link ProgressLine}, and ends the work when the user asks for it. Not thread-safe. */
public final class RowProgress implements RunRows.Progress, AutoCloseable {
    private static final int SHOW_EVERY = 256;

    private final ProgressLine line;
    private final StopSignal stop;
    private long rows;

    public RowProgress(PrintWriter err, StopSignal stop) {
        this(new ProgressLine(err), stop);
    }

    RowProgress(ProgressLine line, StopSignal stop) {
        this.line = line;
        this.stop = stop;
    }

    /** @throws CancellationException when the user has asked to stop */
    @Override
    public void row() {
        if (stop.isAsked()) {
            line.clear();
            throw new CancellationException("stopped; nothing was written");
        }
        if (++rows % SHOW_EVERY == 0) {
            line.show(String.format(Locale.ROOT, "%,d rows read", rows));
        }
    }

    /** Clears the line. */
    @Override
    public void close() {
        line.clear();
    }
}
