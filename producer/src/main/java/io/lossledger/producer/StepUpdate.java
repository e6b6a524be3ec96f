package io.lossledger.producer;

import io.lossledger.protocol.v1.StepFacts;
import java.util.List;

/**
 * One measured segment of the trajectory. Immutable.
 *
 * @param step optimizer step at whose end the segment ends, 0-based
 * @param stepsCovered optimizer steps that the segment spans, at least 1
 * @param delta change of the flat parameters over the segment
 * @param objectives what each objective measured, in the same order in every step
 * @param facts facts about the step
 */
public record StepUpdate(
        int step, int stepsCovered, FlatVector delta, List<ObjectiveStep> objectives, StepFacts facts) {
    public StepUpdate {
        objectives = List.copyOf(objectives);
    }
}
