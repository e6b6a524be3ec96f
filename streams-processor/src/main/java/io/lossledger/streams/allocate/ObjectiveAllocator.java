package io.lossledger.streams.allocate;

import com.google.protobuf.ByteString;
import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.ChunkAllocator;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Allocates the loss change of one objective to the parameters of one chunk that {@link UpdateParser} has accepted.
 * Owns scratch memory of the largest chunk seen; not thread-safe.
 */
final class ObjectiveAllocator {
    private static final double[] ONLY = {1};
    private static final double[] FIRST = {1, 0};
    private static final double[] SECOND = {0, 1};

    private final ChunkAllocator allocator = new ChunkAllocator();
    private final ScratchVectors scratch = new ScratchVectors();
    private final Optional<Quadrature> wanted;

    /** @param wanted the rule to use; empty: the best rule that the nodes of an objective allow */
    ObjectiveAllocator(Optional<Quadrature> wanted) {
        this.wanted = wanted;
    }

    /** The rule that was used, and the sums over the chunk. */
    record Allocation(String rule, AllocationSums sums) {}

    /** @throws UnfitRuleException when the wanted rule is not the objective's own and its nodes are missing */
    void requireFit(Update update, ObjectiveChunk objective) {
        if (wanted.isEmpty()) {
            return;
        }
        Quadrature rule = wanted.get();
        String found = switch (objective.getGradientCase()) {
            case NODES -> isThere(rule, objective.getNodes()) ? rule.name() : "without some of its nodes";
            case AVERAGED -> objective.getAveraged().getRule();
            case ALLOCATED -> objective.getAllocated().getRule();
            case GRADIENT_NOT_SET -> "without a gradient";
        };
        if (!found.equals(rule.name())) {
            throw new UnfitRuleException("rule: must be possible with the nodes that were sent. Found: " + rule
                    + ", but step " + update.getStep() + " of run " + update.getRun() + " came "
                    + (found.startsWith("without") ? found : how(objective) + found) + " for objective "
                    + objective.getName());
        }
    }

    private static String how(ObjectiveChunk objective) {
        return objective.hasAllocated() ? "as sums by " : "averaged by ";
    }

    private static boolean isThere(Quadrature rule, NodeGradients nodes) {
        int splits = nodes.getNodeCount() - 1;
        if (splits % rule.splits() != 0) {
            return false;
        }
        double[] weights = rule.weightsOn(splits);
        for (int node = 0; node <= splits; node++) {
            if (weights[node] != 0.0 && nodes.getNode(node).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Allocates from the gradients of an objective that has node gradients or their average. */
    Allocation allocate(TensorChunk chunk, ObjectiveChunk objective) {
        return objective.hasNodes()
                ? allocateNodes(chunk, objective.getNodes())
                : allocateAveraged(chunk, objective.getAveraged());
    }

    /** The LCA of each parameter by the last call of {@link #allocate}, followed by leftovers; valid until the next call. */
    double[] allocated() {
        return allocator.allocated();
    }

    /** One draw of the sampling error of the chunk's LCA, for an objective that has a contrast. */
    double samplingError(TensorChunk chunk, ObjectiveChunk objective) {
        return allocate(chunk, List.of(objective.getSamplingContrast()), ONLY, null)
                .sum();
    }

    /** The best rule that the available nodes allow. */
    static Optional<Quadrature> ruleFor(NodeGradients nodes) {
        BitSet present = new BitSet();
        for (int node = 0; node < nodes.getNodeCount(); node++) {
            present.set(node, !nodes.getNode(node).isEmpty());
        }
        return Quadrature.finest(nodes.getNodeCount() - 1, present);
    }

    private Allocation allocateNodes(TensorChunk chunk, NodeGradients nodes) {
        Quadrature rule = wanted.isPresent() ? wanted.get() : ruleFor(nodes).orElseThrow();
        int splits = nodes.getNodeCount() - 1;
        double @Nullable [] coarse = null;
        Optional<Quadrature> coarser = rule.coarser();
        if (coarser.isPresent()) {
            coarse = coarser.get().weightsOn(splits);
        }
        return new Allocation(rule.name(), allocate(chunk, nodes.getNodeList(), rule.weightsOn(splits), coarse));
    }

    private Allocation allocateAveraged(TensorChunk chunk, AveragedGradient averaged) {
        boolean hasCoarse = !averaged.getCoarseMean().isEmpty();
        List<ByteString> means = List.of(averaged.getMean(), averaged.getCoarseMean());
        return new Allocation(averaged.getRule(), allocate(chunk, means, FIRST, hasCoarse ? SECOND : null));
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
