package io.lossledger.streams.topology;

/**
 * Decides whether rows are committed at once: without that, those of the second stage wait for a whole commit interval, because the
 * first stage has just committed. A commit is one of all tasks of a stream thread, so each thread asks for at most one in an interval.
 * Thread-safe.
 */
final class LiveCommits {
    /** Rows of older updates come from a backlog, where a commit would cost time. */
    private static final long LIVE_MILLIS = 500;

    private final long intervalMillis;
    /** When this thread last asked for a commit. */
    private final ThreadLocal<Long> askedMillis = ThreadLocal.withInitial(() -> Long.MIN_VALUE / 2);

    /** @param intervalMillis the interval between regular commits */
    LiveCommits(long intervalMillis) {
        this.intervalMillis = intervalMillis;
    }

    /**
     * Whether to ask for a commit.
     *
     * @param updateMillis when the rows' update was sent, by the clock of its trainer, which may be ahead
     */
    boolean isDue(long nowMillis, long updateMillis) {
        boolean live = Math.abs(nowMillis - updateMillis) < LIVE_MILLIS;
        if (!live || nowMillis - askedMillis.get() < intervalMillis) {
            return false;
        }
        askedMillis.set(nowMillis);
        return true;
    }
}
