package io.lossledger.streams.allocate;

import io.lossledger.lca.Quadrature;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.streams.steps.CoveredSteps;
import io.lossledger.streams.v1.ParameterProgress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Creates the rows with the LCA of every parameter of each chunk, once. Skips updates that cannot be allocated,
 * objectives sent as sums instead of vectors, and steps before the newest one of the chunk; in a run whose steps come in any
 * order, steps that have been there. Accepts only updates that
 * {@link UpdateParser} has accepted. Not thread-safe.
 */
public final class ParameterRows {
    /** What a parameter takes in {@code lossledger.parameter} for each objective and step; the rest of a row is little. */
    public static final int BYTES_PER_PARAMETER = Double.BYTES;

    /** A record should stay well below a megabyte, as JSON too, of which a parameter takes some twenty bytes. */
    public static final int PARAMETERS_PER_ROW = 16_384;

    private static final StringSerializer KEYS = new StringSerializer();

    private final ObjectiveAllocator allocator;
    private final KeyValueStore<String, ParameterProgress> progress;
    private final Output output;

    /** Receives the rows. */
    public interface Output {
        void row(String key, ParameterRow row, long timestampMillis);
    }

    public ParameterRows(Optional<Quadrature> rule, KeyValueStore<String, ParameterProgress> progress, Output output) {
        this.allocator = new ObjectiveAllocator(rule);
        this.progress = progress;
        this.output = output;
    }

    public void enter(Update update, long timestampMillis) {
        if (update.hasFinished() && update.getAnyOrder()) {
            store(update, progressOf(update).toBuilder().setEnd(update.getStep()));
        } else if (update.hasFinished()) {
            progress.delete(UpdateKey.of(update));
        } else if (update.hasRequest()) {
            forget(update.getRun());
        }
        TensorChunk chunk = update.getTensorChunk();
        if (chunk.getObjectivesList().stream().anyMatch(ParameterRows::hasVectors) && isNew(update)) {
            for (ObjectiveChunk objective : chunk.getObjectivesList()) {
                if (hasVectors(objective)) {
                    write(update, chunk, objective, "", timestampMillis);
                    for (UpdatePart part : chunk.getPartsList()) {
                        write(update, UpdateAllocator.movedBy(part, chunk), objective, part.getName(), timestampMillis);
                    }
                }
            }
        }
    }

    /** Called when no more records of the run are expected in this partition. */
    private void forget(String run) {
        List<String> chunks = new ArrayList<>();
        try (KeyValueIterator<String, ParameterProgress> scan = progress.prefixScan(run + '|', KEYS)) {
            scan.forEachRemaining(chunk -> chunks.add(chunk.key));
        }
        chunks.forEach(progress::delete);
    }

    private static boolean hasVectors(ObjectiveChunk objective) {
        return objective.hasNodes() || objective.hasAveraged();
    }

    private boolean isNew(Update update) {
        ParameterProgress before = progressOf(update);
        if (update.getSession() != before.getSession()) {
            return false;
        }
        if (update.getAnyOrder()) {
            CoveredSteps covered = CoveredSteps.of(before.getCoveredList());
            int start = update.getStep() - Math.max(1, update.getStepsCovered()) + 1;
            boolean added = covered.add(start, update.getStep() + 1);
            store(update, before.toBuilder().clearCovered().addAllCovered(covered.bounds()));
            return added;
        }
        // The records of each chunk arrive in step order.
        if (update.getStep() < before.getNextStep()) {
            return false;
        }
        store(update, before.toBuilder().setNextStep(update.getStep() + 1));
        return true;
    }

    private ParameterProgress progressOf(Update update) {
        ParameterProgress before = progress.get(UpdateKey.of(update));
        return before == null
                ? ParameterProgress.newBuilder().setSession(update.getSession()).build()
                : before;
    }

    /** Keeps nothing of a chunk that has come to its end. */
    private void store(Update update, ParameterProgress.Builder next) {
        boolean ended =
                next.hasEnd() && CoveredSteps.of(next.getCoveredList()).contains(update.getFirstStep(), next.getEnd());
        if (ended) {
            progress.delete(UpdateKey.of(update));
        } else {
            progress.put(UpdateKey.of(update), next.build());
        }
    }

    private void write(Update update, TensorChunk chunk, ObjectiveChunk objective, String part, long timestamp) {
        try {
            allocator.requireFit(update, objective);
            allocator.allocate(chunk, objective);
        } catch (RuntimeException e) {
            return; // the first stage writes the dead letter
        }
        ParameterRow start = ParameterRow.newBuilder()
                .setRun(update.getRun())
                .setStep(update.getStep())
                .setTime(update.getFacts().hasTime() ? update.getFacts().getTime() : Timestamps.fromMillis(timestamp))
                .setTensor(update.getTensor())
                .setTensorName(chunk.getTensorName())
                .setLayer(chunk.getLayer())
                .setLayerIndex(chunk.getLayerIndex())
                .setObjective(objective.getName())
                .setStratum(objective.getStratum())
                .setPart(part)
                .build();
        for (int from = 0; from < chunk.getCount(); from += PARAMETERS_PER_ROW) {
            ParameterRow.Builder row = start.toBuilder().setOffset((double) (chunk.getOffset() + from));
            Arrays.stream(allocator.allocated(), from, Math.min(chunk.getCount(), from + PARAMETERS_PER_ROW))
                    .forEach(row::addParameterLca);
            output.row(UpdateKey.of(update), row.build(), timestamp);
        }
    }
}
