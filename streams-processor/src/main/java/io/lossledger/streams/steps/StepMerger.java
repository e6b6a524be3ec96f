package io.lossledger.streams.steps;

import com.google.protobuf.Timestamp;
import io.lossledger.lca.AllocationSums;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.streams.letters.UnbookableStepException;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.ObjectivePartial;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Merges the chunks of one step. The sums are merged in chunk order, whatever the order of arrival, so the result is
 * always the same to the bit. Stateless.
 */
public final class StepMerger {
    /** Limits the work for one step. */
    static final int MAX_GROUPS = 16_384;

    private StepMerger() {}

    /**
     * Balances a complete step.
     *
     * @param chunks all chunks of one step in chunk order, none an end marker
     * @throws UnbookableStepException when the chunks contradict each other
     */
    public static BalancedStep balance(List<ChunkPartial> chunks) {
        ChunkPartial first = chunks.get(0);
        for (ChunkPartial chunk : chunks) {
            requireAgreement(first, chunk);
        }
        requireFewGroups(chunks);
        long timestamp = chunks.stream()
                .mapToLong(ChunkPartial::getTimestampMillis)
                .max()
                .orElseThrow();
        StepFacts facts = chunks.stream()
                .filter(ChunkPartial::hasFacts)
                .map(ChunkPartial::getFacts)
                .findFirst()
                .orElse(StepFacts.getDefaultInstance());
        Timestamp time = facts.hasTime() ? facts.getTime() : Timestamps.fromMillis(timestamp);
        List<BalancedStep.Objective> objectives = new ArrayList<>();
        for (int i = 0; i < first.getTensorPartial().getObjectivesCount(); i++) {
            objectives.add(objective(chunks, i));
        }
        return new BalancedStep(
                first.getRun(),
                first.getStep(),
                first.getStepsCovered(),
                first.getFirstStep(),
                facts,
                time,
                timestamp,
                objectives);
    }

    private static void requireAgreement(ChunkPartial first, ChunkPartial chunk) {
        boolean agrees = chunk.hasTensorPartial()
                && chunk.getStepsCovered() == first.getStepsCovered()
                && facts(chunk).equals(facts(first));
        if (!agrees) {
            throw new UnbookableStepException("step " + first.getStep() + " of run " + first.getRun() + ": chunk "
                    + chunk.getChunk() + " must state the same objectives, losses and steps covered as chunk "
                    + first.getChunk() + ". Found: others");
        }
        for (int i = 0; i < first.getTensorPartial().getObjectivesCount(); i++) {
            ObjectivePartial expected = first.getTensorPartial().getObjectives(i);
            ObjectivePartial found = chunk.getTensorPartial().getObjectives(i);
            if (found.hasSamplingError() != expected.hasSamplingError()) {
                throw new UnbookableStepException("step " + first.getStep() + " of run " + first.getRun()
                        + ": every chunk must have a sampling error, or none. Found: objective "
                        + found.getFacts().getName() + " has one in chunk "
                        + (found.hasSamplingError() ? chunk : first).getChunk() + ", but not in chunk "
                        + (found.hasSamplingError() ? first : chunk).getChunk());
            }
        }
    }

    private static void requireFewGroups(List<ChunkPartial> chunks) {
        long layers = chunks.stream()
                .map(chunk -> chunk.getTensorPartial().getLayerIndex())
                .distinct()
                .count();
        int objectives = chunks.get(0).getTensorPartial().getObjectivesCount();
        if (layers * objectives > MAX_GROUPS) {
            throw new UnbookableStepException("step " + chunks.get(0).getStep() + " of run "
                    + chunks.get(0).getRun() + ": layers times objectives must be at most " + MAX_GROUPS + ". Found: "
                    + layers + " times " + objectives);
        }
    }

    private static List<ObjectiveFacts> facts(ChunkPartial chunk) {
        return chunk.getTensorPartial().getObjectivesList().stream()
                .map(ObjectivePartial::getFacts)
                .toList();
    }

    private static BalancedStep.Objective objective(List<ChunkPartial> chunks, int index) {
        SortedMap<Integer, LayerSums> layers = new TreeMap<>();
        ObjectivePartial first = chunks.get(0).getTensorPartial().getObjectives(index);
        String rule = first.getRule();
        boolean capped = false;
        for (ChunkPartial chunk : chunks) {
            ObjectivePartial partial = chunk.getTensorPartial().getObjectives(index);
            String name = chunk.getTensorPartial().getLayer();
            int layer = chunk.getTensorPartial().getLayerIndex();
            layers.computeIfAbsent(layer, i -> new LayerSums(name)).add(name, partial);
            capped |= partial.getCapped();
            if (!partial.getRule().equals(rule)) {
                rule = "mixed";
            }
        }
        List<BalancedStep.Layer> balanced = new ArrayList<>();
        AllocationSums model = AllocationSums.EMPTY;
        OptionalDouble error = OptionalDouble.empty();
        for (var entry : layers.entrySet()) {
            BalancedStep.Layer layer = entry.getValue().balanced(entry.getKey());
            balanced.add(layer);
            model = model.plus(layer.sums());
            if (layer.samplingError().isPresent()) {
                error = OptionalDouble.of(
                        error.orElse(0) + layer.samplingError().getAsDouble());
            }
        }
        return new BalancedStep.Objective(first.getFacts(), rule, capped, balanced, model, error);
    }
}
