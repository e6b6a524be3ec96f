package io.lossledger.streams.allocate;

import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.streams.letters.InvalidUpdateException;
import java.util.HashSet;
import java.util.Set;

/** The rules that sums must obey to be booked: they cover the chunk's parameters and units, no more and no fewer. Stateless. */
final class AllocatedChunkRules {
    private AllocatedChunkRules() {}

    /** @throws InvalidUpdateException when a rule is broken; the message names the field */
    static void require(TensorChunk chunk, AllocatedChunk allocated) {
        TensorChunkRules.requireRule("allocated.rule", allocated.getRule());
        requireSums("allocated", chunk, allocated.getSums());
        requireUnits("allocated", chunk, allocated.getUnitLcaCount(), allocated.getUnitLcaFloatCount());
        UpdateParser.inRange("allocated.parts (number)", 0, TensorChunkRules.MAX_PARTS, allocated.getPartsCount());
        Set<String> seen = new HashSet<>();
        for (AllocatedPart part : allocated.getPartsList()) {
            TensorChunkRules.requireName("allocated.parts.name", part.getName());
            if (!seen.add(part.getName())) {
                throw new InvalidUpdateException(
                        "allocated.parts.name: must be unique. Found twice: " + part.getName());
            }
            requireSums("allocated.parts", chunk, part.getSums());
            requireUnits("allocated.parts", chunk, part.getUnitLcaCount(), part.getUnitLcaFloatCount());
        }
    }

    private static void requireSums(String field, TensorChunk chunk, AllocationSums sums) {
        long counted = sums.getHelped() + sums.getHurt() + sums.getZero() + sums.getNonfinite();
        boolean negative = sums.getHelped() < 0 || sums.getHurt() < 0 || sums.getZero() < 0 || sums.getNonfinite() < 0;
        if (negative || sums.getParameters() != chunk.getCount() || counted != chunk.getCount()) {
            throw new InvalidUpdateException(field + ".sums: parameters and their four classes must add up to "
                    + chunk.getCount() + ". Found: " + sums.getParameters() + " and " + counted);
        }
        requireSquares(field + ".sums.gradient_squares", sums.getGradientSquares());
        requireSquares(field + ".sums.delta_squares", sums.getDeltaSquares());
    }

    /** A sum of squares that is not a number comes from a gradient that is not one. */
    private static void requireSquares(String field, double squares) {
        if (squares < 0) {
            throw new InvalidUpdateException(field + ": must not be negative. Found: " + squares);
        }
    }

    private static void requireUnits(String field, TensorChunk chunk, int doubles, int floats) {
        int perUnit = chunk.getParametersPerUnit();
        long units = perUnit == 0
                ? 0
                : (chunk.getOffset() + chunk.getCount() - 1) / perUnit - chunk.getOffset() / perUnit + 1;
        if (doubles != 0 && floats != 0) {
            throw new InvalidUpdateException(
                    field + ".unit_lca: must be empty when unit_lca_float is not. Found: " + doubles + " elements");
        }
        if (doubles + floats != units) {
            throw new InvalidUpdateException(field + ".unit_lca: must have " + units
                    + " elements, one for each unit of the chunk. Found: " + (doubles + floats));
        }
    }
}
