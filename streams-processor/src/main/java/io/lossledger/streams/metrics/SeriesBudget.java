package io.lossledger.streams.metrics;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Limits how many of something may have series at a time; logs once when there are too many. Not thread-safe. */
final class SeriesBudget {
    private static final Logger log = LoggerFactory.getLogger(SeriesBudget.class);

    private final String what;
    private final int most;
    private final Series dropped;
    private int taken;
    private boolean reported;

    /**
     * @param what plural noun for the log
     * @param dropped counts those without series
     */
    SeriesBudget(String what, int most, Series dropped) {
        this.what = what;
        this.most = most;
        this.dropped = dropped;
        dropped.set(0);
    }

    /** Takes room for one more, if there is any. */
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

    /** Counts one without series. */
    void refuse() {
        dropped.add(1);
        if (!reported) {
            reported = true;
            log.warn("More than {} {}: some have no metrics; their rows are still written", most, what);
        }
    }
}
