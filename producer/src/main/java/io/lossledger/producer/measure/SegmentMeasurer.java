package io.lossledger.producer.measure;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;

/** Evaluates one objective along the segments of a run, in their order. Not thread-safe. */
interface SegmentMeasurer {
    /**
     * Evaluates one segment.
     *
     * @param delta change of the parameters over the segment, as sent
     * @param budget gradients that the step may still cost
     */
    ObjectiveStep measure(Segment segment, FlatVector delta, GradientBudget budget);
}
