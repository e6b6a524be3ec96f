package io.lossledger.producer.step;

import io.lossledger.protocol.v1.StepFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * One measured segment of the trajectory. Immutable.
 *
 * @param step last optimizer step of the segment, 0-based
 * @param stepsCovered optimizer steps that the segment spans, at least 1
 * @param delta change of the flat parameters over the segment
 * @param parts the update split by cause, in the same order in every step; the parts sum to delta; may be empty
 * @param objectives what each objective measured, in the same order in every step
 * @param facts facts about the step
 */
public record StepUpdate(
        int step,
        int stepsCovered,
        FlatVector delta,
        List<Part> parts,
        List<ObjectiveStep> objectives,
        StepFacts facts) {

    /** One cause of the update, such as {@code momentum}. */
    public record Part(String name, FlatVector delta) {}

    public StepUpdate {
        parts = List.copyOf(parts);
        objectives = List.copyOf(objectives);
    }

    /** The same step with another warning among its facts. */
    public StepUpdate withWarning(String warning) {
        StepFacts warned = facts.toBuilder().setWarning(warning).build();
        return new StepUpdate(step, stepsCovered, delta, parts, objectives, warned);
    }

    /** A step whose update is not split. */
    public StepUpdate(int step, int stepsCovered, FlatVector delta, List<ObjectiveStep> objectives, StepFacts facts) {
        this(step, stepsCovered, delta, List.of(), objectives, facts);
    }

    /** All vectors that are sent. */
    public List<FlatVector> vectors() {
        List<FlatVector> vectors = new ArrayList<>(List.of(delta));
        parts.forEach(part -> vectors.add(part.delta()));
        for (ObjectiveStep objective : objectives) {
            vectors.addAll(objective.gradient().vectors());
            objective.samplingContrast().ifPresent(vectors::add);
        }
        return vectors;
    }
}
