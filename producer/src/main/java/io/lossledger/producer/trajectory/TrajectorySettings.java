package io.lossledger.producer.trajectory;

import java.util.List;

/**
 * What a recorded run says to the workers that measure it. Immutable.
 *
 * @param dataFingerprint what tells the data set from others, such as {@code sha256:...}; empty when it is not known
 * @param objectiveExamples examples of the training set that the objectives are over; 0: all
 * @param objectives objectives to measure; may be empty
 */
public record TrajectorySettings(String dataFingerprint, int objectiveExamples, List<DeclaredObjective> objectives) {
    /** Nothing is known about data and objectives. */
    public static final TrajectorySettings NONE = new TrajectorySettings("", 0, List.of());

    /** Long enough for workers, which read one point more than there are segments. */
    private static final int SEGMENTS_IN_BLOCK = 16;

    /** @throws IllegalArgumentException when {@code objectiveExamples} is negative */
    public TrajectorySettings {
        if (objectiveExamples < 0) {
            throw new IllegalArgumentException("objective-examples: must be at least 0. Found: " + objectiveExamples);
        }
        objectives = List.copyOf(objectives);
    }

    /**
     * The optimizer steps in a block: a multiple of those in a segment, so that no segment is in two blocks.
     *
     * @param every optimizer steps in a segment, at least 1
     */
    public static int stepsInBlock(int every) {
        return every * Math.min(SEGMENTS_IN_BLOCK, Integer.MAX_VALUE / every);
    }
}
