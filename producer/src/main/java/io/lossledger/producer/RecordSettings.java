package io.lossledger.producer;

/**
 * How measuring runs in parallel with training. Immutable.
 *
 * @param firstStep number of the first optimizer step; 0 unless a training is resumed
 * @param every optimizer steps that a segment spans, at least 1; the chord of several steps balances too. Segments end at
 *     multiples of it, counted from the first step, so the first one after a gap may be shorter
 * @param queueSegments segments that may wait to be measured, at least 1
 * @param whenBehind what training does when the queue is full
 */
public record RecordSettings(int firstStep, int every, int queueSegments, WhenBehind whenBehind) {
    public static final int DEFAULT_QUEUE_SEGMENTS = 4;
    public static final RecordSettings DEFAULT = new RecordSettings(0, 1, DEFAULT_QUEUE_SEGMENTS, WhenBehind.WAIT);

    /** What training does when measuring falls behind. */
    public enum WhenBehind {
        /** Training waits: every step is booked. */
        WAIT,
        /** Training continues: steps are skipped, counted, and missing in the results. */
        SKIP
    }

    /** @throws IllegalArgumentException when a number is out of range; the message names it */
    public RecordSettings {
        require("first-step", 0, firstStep);
        require("every", 1, every);
        require("queue-segments", 1, queueSegments);
    }

    public RecordSettings withFirstStep(int step) {
        return new RecordSettings(step, every, queueSegments, whenBehind);
    }

    private static void require(String name, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ". Found: " + value);
        }
    }
}
