package io.lossledger.dashboards.live.history;

import io.lossledger.protocol.v1.BucketRow;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks that the buckets of a run follow one another from its first step on, without a gap, and remembers where the steps
 * continue. Not thread-safe.
 */
public final class BucketChain {
    private int before;
    private int booked;
    private final Set<ObjectiveKey> rows = new HashSet<>();
    private int rowsExpected;
    private int largest;
    private long lastStep;
    private boolean broken;
    private boolean ended;

    /** Whether a row continues the chain; one that was there before does not. */
    public boolean accept(BucketRow row) {
        if (broken || isEnded() || row.getStepsBefore() < before) {
            return false;
        }
        boolean next = row.getStepsBefore() == booked && rows.size() == rowsExpected;
        boolean same = rows.size() < rowsExpected && row.getStepsBefore() == before && row.getStepsBooked() == booked;
        if (next) {
            before = booked;
            booked = row.getStepsBooked();
            rows.clear();
            rowsExpected = row.getRows();
            largest = Math.max(largest, booked - before);
        } else if (!same) {
            broken = row.getStepsBooked() > booked;
            return false;
        }
        if (!rows.add(new ObjectiveKey(row.getObjective(), row.getStratum()))) {
            return false;
        }
        if (row.getSteps() > 0) {
            lastStep = Math.max(lastStep, Integer.toUnsignedLong(row.getLastStep()));
        }
        ended |= row.hasOutcome();
        return true;
    }

    /** A row of the chain cannot be used. */
    public void fail() {
        broken = true;
    }

    /** Whether all rows so far are those of a run's first steps, without a gap; false if there is none. */
    public boolean isWhole() {
        return !broken && rowsExpected > 0 && rows.size() == rowsExpected;
    }

    /** Whether the rows of the steps would give a picture of that many points that is no finer. */
    public boolean isFineEnough(int points) {
        return booked > (long) largest / 2 * points;
    }

    /** Whether the chain holds all steps of a run that has ended. */
    public boolean isEnded() {
        return ended && isWhole();
    }

    /** The newest step in the chain. */
    public long lastStep() {
        return lastStep;
    }
}
