package io.lossledger.streams.steps;

import io.lossledger.lca.AllocationSums;
import io.lossledger.protocol.Sums;
import io.lossledger.streams.letters.UnbookableStepException;
import io.lossledger.streams.v1.ObjectivePartial;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Adds up the chunks of one layer in the given order. Here a unit's weights and bias are combined. */
final class LayerSums {
    private final String name;
    private AllocationSums sums = AllocationSums.EMPTY;
    private double[] units = new double[0];
    private boolean mapped = true;
    private OptionalDouble samplingError = OptionalDouble.empty();

    LayerSums(String name) {
        this.name = name;
    }

    /** @throws UnbookableStepException when the chunk's layer name or units contradict earlier chunks */
    void add(String layer, ObjectivePartial chunk) {
        if (!layer.equals(name)) {
            throw new UnbookableStepException("tensor_chunk.layer: must be " + name
                    + ", as in the other chunks with this index. Found: " + layer);
        }
        sums = sums.plus(Sums.fromMessage(chunk.getSums()));
        if (chunk.hasSamplingError()) {
            samplingError = OptionalDouble.of(samplingError.orElse(0) + chunk.getSamplingError());
        }
        int count = chunk.getUnitLcaCount();
        mapped &= count > 0;
        if (!mapped) {
            return;
        }
        int first = chunk.getFirstUnit();
        if (first > units.length) {
            // Without this rule a small record could ask for a large array.
            throw new UnbookableStepException(
                    "layer " + name + ": units must follow each other in chunk order. Found: unit " + first + " after "
                            + units.length + " units");
        }
        if (units.length < first + count) {
            units = Arrays.copyOf(units, first + count);
        }
        for (int i = 0; i < count; i++) {
            units[first + i] += chunk.getUnitLca(i);
        }
    }

    AllocationSums sums() {
        return sums;
    }

    BalancedStep.Layer balanced(int index) {
        return new BalancedStep.Layer(index, name, sums, mapped ? units : null, samplingError, OptionalLong.empty());
    }
}
