package io.lossledger.producer.step;

import io.lossledger.protocol.v1.StepFacts;
import java.util.Map;

/**
 * A trained piece of the trajectory that waits to be measured. Arrays are not copied, so the caller must no longer
 * write to them.
 *
 * @param step last optimizer step of the segment, 0-based
 * @param stepsCovered optimizer steps that it spans, at least 1
 * @param start flat parameters at its start
 * @param end flat parameters at its end
 * @param parts the update split by cause, in the same order in every segment; may be empty
 * @param facts facts about the step
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and large
public record TrainedSegment(
        int step, int stepsCovered, double[] start, double[] end, Map<String, double[]> parts, StepFacts facts) {}
