package io.lossledger.streams.allocate;

import io.lossledger.lca.AllocationKernel;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.Sums;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.streams.letters.InvalidUpdateException;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.ObjectivePartial;
import io.lossledger.streams.v1.TensorPartial;
import java.util.List;
import java.util.Optional;

/**
 * Allocates the loss change of one chunk: vectors in, sums out. Accepts only updates that {@link UpdateParser} has
 * accepted. Owns scratch memory of the largest chunk seen; not thread-safe.
 */
public final class UpdateAllocator {
    /** Leaves room for the record's key and headers on the way to the second stage. */
    static final int MAX_PARTIAL_BYTES = TopicSettings.DEFAULT_RESULT_BYTES - (64 << 10);

    private final ObjectiveAllocator allocator;

    /** @param rule the rule for all objectives; empty: the best rule that their nodes allow */
    public UpdateAllocator(Optional<Quadrature> rule) {
        allocator = new ObjectiveAllocator(rule);
    }

    /**
     * Allocates one update.
     *
     * @throws InvalidUpdateException when it cannot be allocated, or its sums are too large
     * @throws UnfitRuleException when the requested rule cannot be applied
     */
    public ChunkPartial allocate(Update update, long timestampMillis) {
        ChunkPartial partial;
        try {
            partial = sumsOf(update, timestampMillis);
        } catch (UnfitRuleException e) {
            throw e;
        } catch (RuntimeException e) {
            // Stateless, so an update that triggers an unknown bug can be rejected without damage to the books.
            throw new InvalidUpdateException("update: could not be allocated: " + e, e);
        }
        int bytes = partial.getSerializedSize();
        if (bytes > MAX_PARTIAL_BYTES) {
            throw new InvalidUpdateException("update: its sums must take at most " + MAX_PARTIAL_BYTES
                    + " bytes. Found: " + bytes + " (send smaller chunks, or fewer objectives and parts)");
        }
        return partial;
    }

    private ChunkPartial sumsOf(Update update, long timestampMillis) {
        if (update.hasRequest()) {
            return ChunkPartial.newBuilder()
                    .setRun(update.getRun())
                    .setSession(update.getSession())
                    .setTimestampMillis(timestampMillis)
                    .setRequest(update.getRequest())
                    .build();
        }
        ChunkPartial.Builder partial = ChunkPartial.newBuilder()
                .setRun(update.getRun())
                .setStep(update.getStep())
                .setStepsCovered(Math.max(1, update.getStepsCovered()))
                .setFirstStep(update.getFirstStep())
                .setTensor(update.getTensor())
                .setChunk(update.getChunk())
                .setChunksInStep(update.getChunksInStep())
                .setSession(update.getSession())
                .setAnyOrder(update.getAnyOrder())
                .setTimestampMillis(timestampMillis);
        if (update.hasFacts()) {
            partial.setFacts(update.getFacts());
        }
        if (update.hasFinished()) {
            return partial.setFinished(update.getFinished()).build();
        }
        if (update.hasLost()) {
            return partial.setLost(update.getLost()).build();
        }
        TensorChunk chunk = update.getTensorChunk();
        TensorPartial.Builder tensor =
                TensorPartial.newBuilder().setLayer(chunk.getLayer()).setLayerIndex(chunk.getLayerIndex());
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            allocator.requireFit(update, objective);
            if (objective.hasAllocated()) {
                tensor.addAllObjectives(sent(chunk, objective));
            } else {
                tensor.addObjectives(allocateObjective(chunk, objective));
                for (UpdatePart part : chunk.getPartsList()) {
                    tensor.addObjectives(allocatePart(chunk, objective, part));
                }
            }
        }
        return partial.setTensorPartial(tensor).build();
    }

    /**
     * Allocates a part of the update as if it were the whole; gradients do not change, so the parts sum to the whole.
     */
    private ObjectivePartial allocatePart(TensorChunk chunk, ObjectiveChunk objective, UpdatePart part) {
        ObjectiveChunk bare = objective.toBuilder().clearSamplingContrast().build();
        ObjectivePartial.Builder partial = allocateObjective(movedBy(part, chunk), bare).toBuilder();
        partial.getFactsBuilder().setPart(part.getName());
        return partial.build();
    }

    /** The chunk with the part as its whole update. */
    static TensorChunk movedBy(UpdatePart part, TensorChunk chunk) {
        return chunk.toBuilder().setDelta(part.getDelta()).build();
    }

    private List<ObjectivePartial> sent(TensorChunk chunk, ObjectiveChunk objective) {
        ObjectivePartial.Builder head = head(chunk, objective);
        if (!objective.getSamplingContrast().isEmpty()) {
            head.setSamplingError(allocator.samplingError(chunk, objective));
        }
        return SentSums.book(objective.getAllocated(), head.build());
    }

    private ObjectivePartial allocateObjective(TensorChunk chunk, ObjectiveChunk objective) {
        ObjectivePartial.Builder partial = head(chunk, objective);
        allocateVectors(chunk, objective, partial);
        if (!objective.getSamplingContrast().isEmpty()) {
            partial.setSamplingError(allocator.samplingError(chunk, objective));
        }
        return partial.build();
    }

    private static ObjectivePartial.Builder head(TensorChunk chunk, ObjectiveChunk objective) {
        ObjectivePartial.Builder head = ObjectivePartial.newBuilder()
                .setFacts(ObjectiveFacts.newBuilder()
                        .setName(objective.getName())
                        .setStratum(objective.getStratum())
                        .setWeight(objective.getWeight())
                        .setKindValue(objective.getKindValue())
                        .setLossStart(objective.getLossStart())
                        .setLossEnd(objective.getLossEnd()))
                .setCapped(objective.getCapped());
        if (chunk.getParametersPerUnit() != 0) {
            head.setFirstUnit((int) (chunk.getFirstUnit() + chunk.getOffset() / chunk.getParametersPerUnit()));
        }
        return head;
    }

    private void allocateVectors(TensorChunk chunk, ObjectiveChunk objective, ObjectivePartial.Builder partial) {
        ObjectiveAllocator.Allocation allocation = allocator.allocate(chunk, objective);
        partial.setRule(allocation.rule()).setSums(Sums.toMessage(allocation.sums()));
        int count = chunk.getCount();
        int perUnit = chunk.getParametersPerUnit();
        if (perUnit != 0) {
            long first = chunk.getOffset() / perUnit;
            double[] units = new double[(int) ((chunk.getOffset() + count - 1) / perUnit - first) + 1];
            AllocationKernel.addUnitSums(allocator.allocated(), count, chunk.getOffset(), perUnit, units);
            for (double unit : units) {
                partial.addUnitLca(unit);
            }
        }
    }
}
