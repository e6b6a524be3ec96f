package io.lossledger.streams.steps;

import com.google.protobuf.Timestamp;
import io.lossledger.lca.AllocationSums;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.streams.v1.ObjectiveFacts;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One complete step, merged from its chunks in chunk order. Immutable by convention. */
public record BalancedStep(
        String run,
        int step,
        int stepsCovered,
        int firstStep,
        StepFacts facts,
        Timestamp time,
        long timestampMillis,
        List<Objective> objectives) {

    public BalancedStep withObjectives(List<Objective> others) {
        return new BalancedStep(run, step, stepsCovered, firstStep, facts, time, timestampMillis, others);
    }

    /** The first step that the segment covers. */
    public int start() {
        return step - stepsCovered + 1;
    }

    /**
     * One objective over the whole model, for the whole update or a part of it; {@code model} and {@code samplingError}
     * sum the layers in order.
     */
    public record Objective(
            ObjectiveFacts facts,
            String rule,
            boolean capped,
            List<Layer> layers,
            AllocationSums model,
            OptionalDouble samplingError) {
        public double lossChange() {
            return facts.getLossEnd() - facts.getLossStart();
        }

        /** Only the whole update must balance with the loss change. */
        public boolean isWholeUpdate() {
            return facts.getPart().isEmpty();
        }

        public Objective withLayers(List<Layer> others) {
            return new Objective(facts, rule, capped, others, model, samplingError);
        }
    }

    /** One layer; {@code units} is null when a tensor of the layer is not mapped to units. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and large
    public record Layer(
            int index,
            String name,
            AllocationSums sums,
            double @Nullable [] units,
            OptionalDouble samplingError,
            OptionalLong signChanges) {
        public Layer withSignChanges(OptionalLong changes) {
            return new Layer(index, name, sums, units, samplingError, changes);
        }
    }
}
