package io.lossledger.streams;

import com.google.protobuf.Timestamp;
import io.lossledger.lca.AllocationSums;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.streams.v1.ObjectiveFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step whose chunks are all in, put together in chunk order. Immutable by convention. */
record BalancedStep(
        String run,
        int step,
        int stepsCovered,
        int firstStep,
        StepFacts facts,
        Timestamp time,
        long timestampMillis,
        List<Objective> objectives) {

    /** One objective over the whole model; {@code model} sums the layers in order. */
    record Objective(ObjectiveFacts facts, String rule, boolean capped, List<Layer> layers, AllocationSums model) {
        double lossChange() {
            return facts.getLossEnd() - facts.getLossStart();
        }
    }

    /** One layer; {@code units} is null when a tensor of the layer is not mapped to units. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and large
    record Layer(int index, String name, AllocationSums sums, double @Nullable [] units) {}
}
