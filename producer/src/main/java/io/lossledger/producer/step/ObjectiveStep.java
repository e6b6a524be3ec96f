package io.lossledger.producer.step;

import io.lossledger.protocol.v1.ObjectiveKind;
import java.util.Optional;

/**
 * What one objective measured over one segment. Immutable.
 *
 * @param name name of the objective
 * @param weight weight in a sum of objectives
 * @param kind fixed or sampled
 * @param lossStart loss at s = 0
 * @param lossEnd loss at s = 1
 * @param gradient gradient along the segment
 * @param capped whether a finer rule was wanted but not allowed
 * @param samplingContrast sampled objectives: its product with the update is one draw of the sampling error
 */
public record ObjectiveStep(
        String name,
        double weight,
        ObjectiveKind kind,
        double lossStart,
        double lossEnd,
        SegmentGradient gradient,
        boolean capped,
        Optional<FlatVector> samplingContrast) {
    public double lossChange() {
        return lossEnd - lossStart;
    }
}
