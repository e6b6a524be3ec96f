package io.lossledger.producer;

import io.lossledger.protocol.v1.ObjectiveKind;
import java.util.List;
import java.util.Optional;

/**
 * What one objective measured over one segment. Immutable.
 *
 * @param name name of the objective
 * @param weight weight in a sum of objectives
 * @param kind fixed or sampled
 * @param stratum stratum of a sampled objective; empty for a fixed one
 * @param lossStart loss at s = 0
 * @param lossEnd loss at s = 1
 * @param nodes gradients at s = 0, 1/n, …, 1; empty where one could not be computed
 * @param capped whether a finer rule was wanted but not allowed
 */
public record ObjectiveStep(
        String name,
        double weight,
        ObjectiveKind kind,
        String stratum,
        double lossStart,
        double lossEnd,
        List<Optional<FlatVector>> nodes,
        boolean capped) {
    public ObjectiveStep {
        nodes = List.copyOf(nodes);
    }
}
