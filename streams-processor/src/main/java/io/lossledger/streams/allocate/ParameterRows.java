package io.lossledger.streams.allocate;

import io.lossledger.lca.Quadrature;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
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
 * objectives sent as sums instead of vectors, and steps before the newest one of the chunk. Accepts only updates that
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
        if (update.hasFinished()) {
            progress.delete(UpdateKey.of(update));
        } else if (update.hasRequest()) {
            forget(update.getRun());
        }
        if (update.hasTensorChunk() && isNew(update)) {
            TensorChunk chunk = update.getTensorChunk();
            for (ObjectiveChunk objective : chunk.getObjectivesList()) {
                if (objective.hasNodes() || objective.hasAveraged()) {
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

    /** The records of each chunk arrive in step order. */
    private boolean isNew(Update update) {
        String key = UpdateKey.of(update);
        ParameterProgress before = progress.get(key);
        if (before != null && (update.getStep() < before.getNextStep() || update.getSession() != before.getSession())) {
            return false;
        }
        progress.put(
                key,
                ParameterProgress.newBuilder()
                        .setNextStep(update.getStep() + 1)
                        .setSession(update.getSession())
                        .build());
        return true;
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
