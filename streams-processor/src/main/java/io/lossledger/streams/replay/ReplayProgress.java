package io.lossledger.streams.replay;

/**
 * The progress of a replay. Immutable.
 *
 * @param steps steps booked
 * @param fraction share of the topic that has been read, 0 to 1
 * @param bytes bytes read, including those of other runs
 * @param seconds seconds since the start
 * @param spanMillis time between the oldest and the newest record booked
 */
public record ReplayProgress(long steps, double fraction, long bytes, double seconds, long spanMillis) {
    /** Bytes read per second; 0 before the first byte. */
    public double bytesPerSecond() {
        return seconds == 0 ? 0 : bytes / seconds;
    }

    /** Speed relative to the training that wrote the records; 0 at the start. */
    public double timesRealTime() {
        return seconds == 0 ? 0 : spanMillis / 1e3 / seconds;
    }

    /** Seconds left at this speed; infinite when nothing has been read. */
    public double secondsLeft() {
        return fraction == 0 ? Double.POSITIVE_INFINITY : seconds * (1 - fraction) / fraction;
    }
}
