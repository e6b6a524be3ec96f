package io.lossledger.streams;

import com.google.protobuf.ByteString;
import io.lossledger.lca.AllocationKernel;
import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.ChunkAllocator;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.ObjectivePartial;
import io.lossledger.streams.v1.TensorPartial;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Allocates the loss change of one chunk: vectors in, sums out. Takes only updates that {@link UpdateParser} has passed.
 * Owns scratch memory of the largest chunk seen; not thread-safe.
 */
final class ChunkBooker {
    private static final double[] ONLY = {1};
    private static final double[] FIRST = {1, 0};
    private static final double[] SECOND = {0, 1};

    private final ChunkAllocator allocator = new ChunkAllocator();
    private final ScratchVectors scratch = new ScratchVectors();

    ChunkPartial book(Update update, long timestampMillis) {
        ChunkPartial.Builder partial = ChunkPartial.newBuilder()
                .setRun(update.getRun())
                .setStep(update.getStep())
                .setStepsCovered(Math.max(1, update.getStepsCovered()))
                .setFirstStep(update.getFirstStep())
                .setTensor(update.getTensor())
                .setChunk(update.getChunk())
                .setChunksInStep(update.getChunksInStep())
                .setSession(update.getSession())
                .setTimestampMillis(timestampMillis);
        if (update.hasFacts()) {
            partial.setFacts(update.getFacts());
        }
        if (update.hasFinished()) {
            return partial.setFinished(update.getFinished()).build();
        }
        TensorChunk chunk = update.getTensorChunk();
        TensorPartial.Builder tensor =
                TensorPartial.newBuilder().setLayer(chunk.getLayer()).setLayerIndex(chunk.getLayerIndex());
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            tensor.addObjectives(bookObjective(chunk, objective));
            if (objective.hasNodes() || objective.hasAveraged()) {
                for (UpdatePart part : chunk.getPartsList()) {
                    tensor.addObjectives(bookPart(chunk, objective, part));
                }
            }
        }
        return partial.setTensorPartial(tensor).build();
    }

    /** The best rule that the nodes which are there allow. */
    static Optional<Quadrature> ruleFor(NodeGradients nodes) {
        BitSet present = new BitSet();
        for (int node = 0; node < nodes.getNodeCount(); node++) {
            present.set(node, !nodes.getNode(node).isEmpty());
        }
        return Quadrature.finest(nodes.getNodeCount() - 1, present);
    }

    /** A part of the update is booked as if it were all of it; gradients do not change, so the parts sum to the whole. */
    private ObjectivePartial bookPart(TensorChunk chunk, ObjectiveChunk objective, UpdatePart part) {
        TensorChunk moved = chunk.toBuilder().setDelta(part.getDelta()).build();
        ObjectiveChunk bare = objective.toBuilder().clearSamplingContrast().build();
        ObjectivePartial.Builder partial = bookObjective(moved, bare).toBuilder();
        partial.getFactsBuilder().setPart(part.getName());
        return partial.build();
    }

    private ObjectivePartial bookObjective(TensorChunk chunk, ObjectiveChunk objective) {
        ObjectivePartial.Builder partial = ObjectivePartial.newBuilder()
                .setFacts(ObjectiveFacts.newBuilder()
                        .setName(objective.getName())
                        .setStratum(objective.getStratum())
                        .setWeight(objective.getWeight())
                        .setKindValue(objective.getKindValue())
                        .setLossStart(objective.getLossStart())
                        .setLossEnd(objective.getLossEnd()))
                .setCapped(objective.getCapped());
        if (chunk.getParametersPerUnit() != 0) {
            partial.setFirstUnit((int) (chunk.getFirstUnit() + chunk.getOffset() / chunk.getParametersPerUnit()));
        }
        switch (objective.getGradientCase()) {
            case NODES -> bookNodes(chunk, objective.getNodes(), partial);
            case AVERAGED -> bookAveraged(chunk, objective.getAveraged(), partial);
            case ALLOCATED ->
                partial.setRule(objective.getAllocated().getRule())
                        .setSums(objective.getAllocated().getSums())
                        .addAllUnitLca(objective.getAllocated().getUnitLcaList());
            case GRADIENT_NOT_SET -> throw new IllegalStateException("The parser requires a gradient");
        }
        if (!objective.getSamplingContrast().isEmpty()) {
            List<ByteString> contrast = List.of(objective.getSamplingContrast());
            partial.setSamplingError(allocate(chunk, contrast, ONLY, null).sum());
        }
        return partial.build();
    }

    private void bookNodes(TensorChunk chunk, NodeGradients nodes, ObjectivePartial.Builder partial) {
        Quadrature rule = ruleFor(nodes).orElseThrow();
        int splits = nodes.getNodeCount() - 1;
        double @Nullable [] coarse = null;
        Optional<Quadrature> coarser = rule.coarser();
        if (coarser.isPresent()) {
            coarse = coarser.get().weightsOn(splits);
        }
        bookVectors(chunk, nodes.getNodeList(), rule.weightsOn(splits), coarse, partial);
        partial.setRule(rule.name());
    }

    private void bookAveraged(TensorChunk chunk, AveragedGradient averaged, ObjectivePartial.Builder partial) {
        boolean hasCoarse = !averaged.getCoarseMean().isEmpty();
        List<ByteString> means = List.of(averaged.getMean(), averaged.getCoarseMean());
        bookVectors(chunk, means, FIRST, hasCoarse ? SECOND : null, partial);
        partial.setRule(averaged.getRule());
    }

    private void bookVectors(
            TensorChunk chunk,
            List<ByteString> gradients,
            double[] weights,
            double @Nullable [] coarse,
            ObjectivePartial.Builder partial) {
        int count = chunk.getCount();
        partial.setSums(Sums.toMessage(allocate(chunk, gradients, weights, coarse)));
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

    private AllocationSums allocate(
            TensorChunk chunk, List<ByteString> gradients, double[] weights, double @Nullable [] coarse) {
        int count = chunk.getCount();
        if (chunk.getElementType() == ElementType.ELEMENT_TYPE_FLOAT32) {
            float[] delta = scratch.float32(0, chunk.getDelta(), count);
            return allocator.allocate(delta, scratch.float32(gradients, count), weights, coarse, count);
        }
        double[] delta = scratch.float64(0, chunk.getDelta(), count);
        return allocator.allocate(delta, scratch.float64(gradients, count), weights, coarse, count);
    }
}
