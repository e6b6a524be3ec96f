package io.lossledger.standalone.terminal;

import java.util.function.LongSupplier;

/** How far a training has come, and how long the rest takes at its pace so far. Not thread-safe. */
public final class StepProgress {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int LEAST_WIDTH = 7;

    private final int planned;
    private final LongSupplier nanoTime;
    private int end;
    private int firstSeen = -1;
    private long firstNanos;
    private int step;

    /** @param planned steps that the training takes, from its first one on */
    public StepProgress(int planned) {
        this(planned, System::nanoTime);
    }

    StepProgress(int planned, LongSupplier nanoTime) {
        this.planned = planned;
        this.nanoTime = nanoTime;
        end = planned;
    }

    /** Notes a step; the first one must include the first of the run. */
    public void at(int newest, int stepsCovered) {
        if (firstSeen < 0) {
            end = newest - Math.max(1, stepsCovered) + 1 + planned;
            firstSeen = newest;
            firstNanos = nanoTime.getAsLong();
        }
        step = newest;
    }

    public boolean isLast() {
        return step == end - 1;
    }

    /** The newest step and the number of steps, such as {@code 120/400}. */
    public String steps() {
        return step + "/" + end;
    }

    /** The width of a column of such texts. */
    public int width() {
        return Math.max(LEAST_WIDTH, ((end - 1) + "/" + end).length());
    }

    /** The time left, such as {@code 0:42}; {@code ?} at the first step. */
    public String left() {
        double seconds = (nanoTime.getAsLong() - firstNanos) / NANOS_PER_SECOND;
        return ProgressLine.time(seconds / (step - firstSeen) * (end - 1 - step));
    }
}
