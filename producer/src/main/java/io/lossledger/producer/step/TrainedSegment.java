package io.lossledger.producer.step;

import io.lossledger.protocol.v1.StepFacts;
import java.util.Map;

/**
 * A trained piece of the trajectory that waits to be measured or sent. Arrays are not copied, so the caller must no longer
 * write to them.
 *
 * @param step last optimizer step of the segment, 0-based
 * @param stepsCovered optimizer steps that it spans, at least 1
 * @param start flat parameters at its start, in the network's own precision
 * @param end flat parameters at its end, in the same precision
 * @param parts the update split by cause, in the same order in every segment; may be empty
 * @param facts facts about the step
 * @param begins whether it does not start where the segment before ended: it is the first one, or steps are missing, or
 *     something other than the optimizer moved the parameters
 */
public record TrainedSegment(
        int step,
        int stepsCovered,
        FlatVector start,
        FlatVector end,
        Map<String, double[]> parts,
        StepFacts facts,
        boolean begins) {

    /** A segment that starts where the one before ended. */
    public TrainedSegment(
            int step,
            int stepsCovered,
            FlatVector start,
            FlatVector end,
            Map<String, double[]> parts,
            StepFacts facts) {
        this(step, stepsCovered, start, end, parts, facts, false);
    }

    /** First optimizer step of the segment. */
    public int firstStep() {
        return step - stepsCovered + 1;
    }
}
