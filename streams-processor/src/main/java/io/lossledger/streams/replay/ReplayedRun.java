package io.lossledger.streams.replay;

/**
 * How far the books of a run have come. Immutable.
 *
 * @param firstStep the first step booked; 0 when none is
 * @param lastStep the last step booked; 0 when none is
 * @param steps steps booked
 * @param missingSteps steps that never came, or not whole
 * @param finished whether its end was booked
 */
public record ReplayedRun(int firstStep, int lastStep, int steps, int missingSteps, boolean finished) {
    static final ReplayedRun NOTHING = new ReplayedRun(0, 0, 0, 0, false);
}
