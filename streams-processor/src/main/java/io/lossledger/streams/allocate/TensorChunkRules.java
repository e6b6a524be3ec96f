package io.lossledger.streams.allocate;

import static io.lossledger.streams.allocate.UpdateParser.inRange;

import com.google.protobuf.ByteString;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.LedgerName;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.streams.letters.InvalidUpdateException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules that a tensor chunk must obey to be booked: sizes agree, and nothing is out of bounds. Stateless. */
final class TensorChunkRules {
    static final int MAX_LAYERS = 1 << 20;
    /** Bounds the memory that one record can claim. */
    static final int MAX_UNITS = 1 << 22;

    static final int MAX_OBJECTIVES = 1024;
    static final int MAX_PARTS = 16;
    private static final int MAX_COUNT = 1 << 28;

    private TensorChunkRules() {}

    /** @throws InvalidUpdateException when a rule is broken; the message names the field */
    static void require(TensorChunk chunk) {
        requireName("tensor_chunk.layer", chunk.getLayer());
        inRange("tensor_chunk.layer_index", 0, MAX_LAYERS - 1L, chunk.getLayerIndex());
        inRange("tensor_chunk.count", 1, MAX_COUNT, chunk.getCount());
        requireUnits(chunk);
        inRange("tensor_chunk.objectives (number)", 1, MAX_OBJECTIVES, chunk.getObjectivesCount());
        Set<String> seen = new HashSet<>();
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            requireName("objective.name", objective.getName());
            if (objective.getStratum().length() > LedgerName.MAX_LENGTH) {
                throw new InvalidUpdateException("objective.stratum: must have at most " + LedgerName.MAX_LENGTH
                        + " characters. Found: " + objective.getStratum().length());
            }
            if (!seen.add(objective.getName() + '\n' + objective.getStratum())) {
                throw new InvalidUpdateException(
                        "objective.name: must be unique with its stratum. Found twice: " + objective.getName());
            }
            requireGradient(chunk, objective);
            if (!objective.getSamplingContrast().isEmpty()) {
                if (objective.getAllocated().hasSamplingError()) {
                    throw new InvalidUpdateException(
                            "objective.sampling_contrast: must be empty when allocated.sampling_error is set. Found: "
                                    + objective.getSamplingContrast().size() + " bytes");
                }
                requireBytes(chunk, "tensor_chunk.delta", chunk.getDelta(), false);
                requireBytes(chunk, "objective.sampling_contrast", objective.getSamplingContrast(), false);
            }
        }
        requireParts(chunk);
    }

    private static void requireParts(TensorChunk chunk) {
        inRange("tensor_chunk.parts (number)", 0, MAX_PARTS, chunk.getPartsCount());
        Set<String> seen = new HashSet<>();
        for (UpdatePart part : chunk.getPartsList()) {
            requireName("part.name", part.getName());
            if (!seen.add(part.getName())) {
                throw new InvalidUpdateException("part.name: must be unique. Found twice: " + part.getName());
            }
            requireBytes(chunk, "part.delta", part.getDelta(), false);
        }
        List<String> expected = partsOf(chunk, chunk.getObjectives(0));
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            List<String> found = partsOf(chunk, objective);
            if (!found.equals(expected)) {
                throw new InvalidUpdateException("objective.parts: must be the same for all objectives of a chunk, "
                        + expected + ". Found: " + found + " for " + objective.getName());
            }
        }
        if (!seen.isEmpty() && !names(chunk).equals(expected)) {
            throw new InvalidUpdateException(
                    "allocated.parts: must be those of the chunk, " + names(chunk) + ". Found: " + expected);
        }
    }

    /** Vectors are split with the chunk's update; sums come split. */
    private static List<String> partsOf(TensorChunk chunk, ObjectiveChunk objective) {
        return objective.hasAllocated()
                ? objective.getAllocated().getPartsList().stream()
                        .map(AllocatedPart::getName)
                        .toList()
                : names(chunk);
    }

    private static List<String> names(TensorChunk chunk) {
        return chunk.getPartsList().stream().map(UpdatePart::getName).toList();
    }

    static int elementBytes(ElementType type) {
        return switch (type) {
            case ELEMENT_TYPE_FLOAT32 -> Float.BYTES;
            case ELEMENT_TYPE_FLOAT64 -> Double.BYTES;
            default ->
                throw new InvalidUpdateException(
                        "tensor_chunk.element_type: must be FLOAT32 or FLOAT64. Found: " + type);
        };
    }

    static void requireName(String field, String name) {
        if (!LedgerName.isValid(name)) {
            throw new InvalidUpdateException(
                    field + ": must have 1 to " + LedgerName.MAX_LENGTH + " characters. Found: " + name.length());
        }
    }

    private static void requireUnits(TensorChunk chunk) {
        if (chunk.getOffset() < 0 || chunk.getOffset() > Long.MAX_VALUE - MAX_COUNT) {
            throw new InvalidUpdateException("tensor_chunk.offset: must be below 2^63 - 2^28. Found: "
                    + Long.toUnsignedString(chunk.getOffset()));
        }
        long perUnit = Integer.toUnsignedLong(chunk.getParametersPerUnit());
        if (perUnit == 0) {
            return;
        }
        inRange("tensor_chunk.parameters_per_unit", 0, Integer.MAX_VALUE, chunk.getParametersPerUnit());
        long last = Integer.toUnsignedLong(chunk.getFirstUnit()) + (chunk.getOffset() + chunk.getCount() - 1) / perUnit;
        if (last >= MAX_UNITS) {
            throw new InvalidUpdateException("tensor_chunk: units must be below " + MAX_UNITS + ". Found: unit " + last
                    + " of its last parameter");
        }
    }

    private static void requireGradient(TensorChunk chunk, ObjectiveChunk objective) {
        switch (objective.getGradientCase()) {
            case NODES -> requireNodes(chunk, objective.getNodes());
            case AVERAGED -> requireAveraged(chunk, objective.getAveraged());
            case ALLOCATED -> AllocatedChunkRules.require(chunk, objective.getAllocated());
            case GRADIENT_NOT_SET ->
                throw new InvalidUpdateException(
                        "objective.gradient: must be nodes, averaged or allocated. Found: none");
        }
    }

    private static void requireNodes(TensorChunk chunk, NodeGradients nodes) {
        requireBytes(chunk, "tensor_chunk.delta", chunk.getDelta(), false);
        inRange("objective.nodes (number)", 2, 33, nodes.getNodeCount());
        boolean any = false;
        for (ByteString node : nodes.getNodeList()) {
            requireBytes(chunk, "objective.nodes.node", node, true);
            any |= !node.isEmpty();
        }
        if (!any || ObjectiveAllocator.ruleFor(nodes).isEmpty()) {
            throw new InvalidUpdateException(
                    "objective.nodes: must hold the nodes of at least one quadrature rule. Found: none complete");
        }
    }

    private static void requireAveraged(TensorChunk chunk, AveragedGradient averaged) {
        requireBytes(chunk, "tensor_chunk.delta", chunk.getDelta(), false);
        requireRule("averaged.rule", averaged.getRule());
        requireBytes(chunk, "averaged.mean", averaged.getMean(), false);
        requireBytes(chunk, "averaged.coarse_mean", averaged.getCoarseMean(), true);
    }

    static void requireRule(String field, String rule) {
        if (Quadrature.named(rule).isEmpty()) {
            throw new InvalidUpdateException(
                    field + ": must be simpson-2 ... simpson-32, midpoint, trapezoid or first-order. Found: " + rule);
        }
    }

    private static void requireBytes(TensorChunk chunk, String field, ByteString bytes, boolean mayBeEmpty) {
        long expected = (long) chunk.getCount() * elementBytes(chunk.getElementType());
        if (bytes.size() != expected && !(mayBeEmpty && bytes.isEmpty())) {
            throw new InvalidUpdateException(field + ": must have " + expected + " bytes (" + chunk.getCount()
                    + " elements). Found: " + bytes.size());
        }
    }
}
