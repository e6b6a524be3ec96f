package io.lossledger.producer.trajectory;

import io.lossledger.protocol.v1.RunManifest;

/**
 * How the optimizer steps of a run are grouped into blocks. Positions count steps: the parameters at position t are those before
 * step t. Immutable.
 *
 * @param firstStep first step of the run
 * @param stepsInBlock optimizer steps in a block, at least 1
 */
record BlockPlan(int firstStep, int stepsInBlock) {
    /** The plan that a manifest with a trajectory states. */
    static BlockPlan of(RunManifest manifest) {
        return new BlockPlan(manifest.getFirstStep(), manifest.getTrajectory().getStepsInBlock());
    }

    /** The block of a step; -1 for the step before the run's first one. */
    int block(int step) {
        return Math.floorDiv(step - firstStep, stepsInBlock);
    }

    /** The position at which a block ends, and the next one starts. */
    int end(int block) {
        return (int) Math.min(Integer.MAX_VALUE, firstStep + (block + 1L) * stepsInBlock);
    }
}
