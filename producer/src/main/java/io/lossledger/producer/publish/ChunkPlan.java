package io.lossledger.producer.publish;

import io.lossledger.producer.step.ModelLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * How tensors are cut into chunks. The plan is the same for every step of a run, so that each chunk keeps its key.
 * Immutable.
 */
record ChunkPlan(List<Chunk> chunks) {
    /** Allocating a chunk takes some vectors of doubles; far below what the contract allows. */
    private static final long MAX_ALLOCATED = 1 << 22;

    /** {@code count} parameters of tensor number {@code tensor} from {@code offset} within the tensor. */
    record Chunk(int tensor, int offset, int count) {}

    /**
     * Cuts tensors so that the sums of a chunk's units take at most {@code chunkBytes}, but have at least one unit each, or
     * a part of a large one.
     *
     * @param bytesPerUnit bytes of one unit over all objectives and parts
     */
    static ChunkPlan ofUnits(ModelLayout layout, int bytesPerUnit, int chunkBytes) {
        long units = Math.max(1, chunkBytes / bytesPerUnit);
        List<Chunk> chunks = new ArrayList<>();
        for (int tensor = 0; tensor < layout.tensors().size(); tensor++) {
            int count = layout.tensors().get(tensor).count();
            long perUnit = layout.tensors().get(tensor).parametersPerUnit();
            int largest = (int) Math.min(MAX_ALLOCATED, perUnit == 0 ? MAX_ALLOCATED : units * perUnit);
            for (int offset = 0; offset < count; offset += Math.min(largest, count - offset)) {
                chunks.add(new Chunk(tensor, offset, Math.min(largest, count - offset)));
            }
        }
        return new ChunkPlan(List.copyOf(chunks));
    }

    /**
     * Cuts tensors so that the vectors of a chunk take at most {@code chunkBytes}, but have at least one parameter
     * each.
     *
     * @param bytesPerParameter bytes of one parameter over delta and all gradients
     */
    static ChunkPlan of(ModelLayout layout, int bytesPerParameter, int chunkBytes) {
        return ofParameters(layout, Math.max(1, chunkBytes / bytesPerParameter));
    }

    /** Cuts tensors into chunks of at most {@code largest} parameters, at least 1. */
    static ChunkPlan ofParameters(ModelLayout layout, int largest) {
        List<Chunk> chunks = new ArrayList<>();
        for (int tensor = 0; tensor < layout.tensors().size(); tensor++) {
            int count = layout.tensors().get(tensor).count();
            for (int offset = 0; offset < count; offset += largest) {
                chunks.add(new Chunk(tensor, offset, Math.min(largest, count - offset)));
            }
        }
        return new ChunkPlan(List.copyOf(chunks));
    }
}
