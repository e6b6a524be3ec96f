package io.lossledger.streams.raw;

import io.lossledger.streams.allocate.UpdateParser;

/**
 * The steps to book. Immutable.
 *
 * @param from the first one, at least 0
 * @param to the last one, at least {@code from}
 */
public record StepRange(int from, int to) {
    /** Every step that a run may have. */
    public static final StepRange ALL = new StepRange(0, UpdateParser.MAX_STEP);

    /** @throws IllegalArgumentException when a value is out of range */
    public StepRange {
        if (from < 0) {
            throw new IllegalArgumentException("from.step: must be at least 0. Found: " + from);
        }
        if (to < from || to > UpdateParser.MAX_STEP) {
            throw new IllegalArgumentException("to.step: must be from " + from + " (the first step) to "
                    + UpdateParser.MAX_STEP + ". Found: " + to);
        }
    }
}
