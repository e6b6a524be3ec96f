package io.lossledger.streams.replay;

/**
 * The progress of a run's books. Immutable.
 *
 * @param firstStep the first step booked; 0 without any
 * @param lastStep the last step booked; 0 without any
 * @param steps steps booked
 * @param missingSteps steps that never arrived, or arrived incomplete
 * @param finished whether its end was booked
 */
public record ReplayedRun(int firstStep, int lastStep, int steps, int missingSteps, boolean finished) {
    static final ReplayedRun NOTHING = new ReplayedRun(0, 0, 0, 0, false);
}
