package io.lossledger.streams.metrics;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds how many of something may have series at a time; says once that there are too many. Not thread-safe. */
final class SeriesBudget {
    private static final Logger log = LoggerFactory.getLogger(SeriesBudget.class);

    private final String what;
    private final int most;
    private final Series dropped;
    private int taken;
    private boolean reported;

    /**
     * @param what plural, for the log
     * @param dropped counts what had to do without
     */
    SeriesBudget(String what, int most, Series dropped) {
        this.what = what;
        this.most = most;
        this.dropped = dropped;
        dropped.set(0);
    }

    /** Whether there is room for one more, which is then taken. */
    boolean take() {
        if (taken == most) {
            refuse();
            return false;
        }
        taken++;
        return true;
    }

    void release(int count) {
        taken -= count;
    }

    /** Counts one that has to do without. */
    void refuse() {
        dropped.add(1);
        if (!reported) {
            reported = true;
            log.warn("More than {} {}: some are without metrics; their rows are written all the same", most, what);
        }
    }
}
