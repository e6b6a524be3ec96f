package io.lossledger.streams.replay;

/**
 * How far a replay has come. Immutable.
 *
 * @param steps steps booked
 * @param fraction what share of the topic has been read, 0 to 1
 * @param bytes bytes read, those of other runs included
 * @param seconds since the start
 * @param spanMillis time of the newest record booked, less that of the oldest
 */
public record ReplayProgress(long steps, double fraction, long bytes, double seconds, long spanMillis) {
    /** Bytes read in a second; 0 before any. */
    public double bytesPerSecond() {
        return seconds == 0 ? 0 : bytes / seconds;
    }

    /** How many times faster than the training wrote it; 0 before any. */
    public double timesRealTime() {
        return seconds == 0 ? 0 : spanMillis / 1e3 / seconds;
    }

    /** Seconds that are left at this speed; infinite when nothing has been read. */
    public double secondsLeft() {
        return fraction == 0 ? Double.POSITIVE_INFINITY : seconds * (1 - fraction) / fraction;
    }
}
