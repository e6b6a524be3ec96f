package io.lossledger.producer.worker;

/**
 * How far a worker is. Immutable.
 *
 * @param segments segments measured and written
 * @param blocks blocks written
 * @param lostSteps steps that no segment covers, or whose segment could not be measured
 * @param invalidPoints records of the trajectory that broke the contract
 * @param waitingSteps about how many steps of this worker's partitions are recorded and not written
 * @param oldestMillis time of the oldest record that is not written, in milliseconds since 1970; the largest long when there is
 *     none
 */
public record WorkerProgress(
        long segments, long blocks, long lostSteps, long invalidPoints, double waitingSteps, long oldestMillis) {
    /** A worker that has done nothing. */
    public static final WorkerProgress NOTHING = new WorkerProgress(0, 0, 0, 0, 0, Long.MAX_VALUE);

    /** How long the oldest recorded step has waited, in seconds; 0 when none waits. */
    public double ageSeconds() {
        return oldestMillis == Long.MAX_VALUE ? 0 : Math.max(0, System.currentTimeMillis() - oldestMillis) / 1e3;
    }

    WorkerProgress written(BlockWork.Result result) {
        return new WorkerProgress(
                segments + result.segments(),
                blocks + 1,
                lostSteps + result.lostSteps(),
                invalidPoints,
                waitingSteps,
                oldestMillis);
    }

    WorkerProgress withLost(int steps) {
        return new WorkerProgress(segments, blocks, lostSteps + steps, invalidPoints, waitingSteps, oldestMillis);
    }

    WorkerProgress withInvalid(long points) {
        return new WorkerProgress(segments, blocks, lostSteps, points, waitingSteps, oldestMillis);
    }

    WorkerProgress waiting(double steps, long oldest) {
        return new WorkerProgress(segments, blocks, lostSteps, invalidPoints, steps, oldest);
    }
}
