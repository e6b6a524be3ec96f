package io.lossledger.streams.check;

import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.TensorChunk;
import java.util.List;
import java.util.function.Consumer;

/** Checks that the numbers within one chunk are possible, which booking does not look at. Stateless. */
final class ChunkFigures {
    /** Sums formed in single precision over many parameters. */
    private static final double TOLERANCE = 1e-3;

    private ChunkFigures() {}

    static void check(TensorChunk chunk, Consumer<String> findings) {
        if (chunk.getRole() == ParameterRole.PARAMETER_ROLE_UNSPECIFIED) {
            findings.accept("tensor_chunk.role: must be set. Found: none for tensor " + chunk.getTensorName());
        }
        if (chunk.getTensorName().isEmpty()) {
            findings.accept("tensor_chunk.tensor_name: must be set. Found: none in layer " + chunk.getLayer());
        }
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            if (objective.getKind() == ObjectiveKind.OBJECTIVE_KIND_UNSPECIFIED) {
                findings.accept("objective.kind: must be set. Found: none for " + objective.getName());
            }
            boolean contrast = !objective.getSamplingContrast().isEmpty()
                    || objective.getAllocated().hasSamplingError();
            if (contrast && objective.getKind() == ObjectiveKind.OBJECTIVE_KIND_FIXED) {
                findings.accept("objective: only a sampled objective has a sampling error. Found: one for "
                        + objective.getName());
            }
            if (!(objective.getWeight() > 0)) {
                findings.accept("objective.weight: must be above 0. Found: " + objective.getWeight() + " for "
                        + objective.getName());
            }
            if (objective.hasAllocated()) {
                allocated(objective.getAllocated(), findings);
            }
        }
    }

    private static void allocated(AllocatedChunk allocated, Consumer<String> findings) {
        if (!allocated.hasCoarseSums()) {
            findings.accept("allocated.coarse_sums: must say whether there are coarse sums. Found: not set");
        }
        boolean coarse = allocated.getCoarseSums();
        if (sums("allocated", allocated.getSums(), coarse, findings)) {
            units(
                    "allocated",
                    allocated.getSums(),
                    allocated.getUnitLcaList(),
                    allocated.getUnitLcaFloatList(),
                    findings);
        }
        for (AllocatedPart part : allocated.getPartsList()) {
            if (sums("allocated.parts", part.getSums(), coarse, findings)) {
                units("allocated.parts", part.getSums(), part.getUnitLcaList(), part.getUnitLcaFloatList(), findings);
            }
        }
    }

    /** False when lca cannot be right, so that nothing can be compared with it. */
    private static boolean sums(String field, AllocationSums sums, boolean coarse, Consumer<String> findings) {
        String name = field + ".sums.";
        boolean sound = true;
        if (sums.getHelp() > 0 || (sums.getHelped() == 0) != (sums.getHelp() == 0)) {
            sound = false;
            findings.accept(name + "help: must be below 0 if parameters helped, else 0. Found: " + sums.getHelp()
                    + " of " + sums.getHelped() + " parameters");
        }
        if (sums.getHarm() < 0 || (sums.getHurt() == 0) != (sums.getHarm() == 0)) {
            sound = false;
            findings.accept(name + "harm: must be above 0 if parameters hurt, else 0. Found: " + sums.getHarm() + " of "
                    + sums.getHurt() + " parameters");
        }
        if (!sound) {
            return false;
        }
        if (sums.getLargestHelp() > 0 || sums.getLargestHelp() < sums.getHelp() * (1 + TOLERANCE)) {
            findings.accept(name + "largest_help: must be from help to 0. Found: " + sums.getLargestHelp() + ", help "
                    + sums.getHelp());
        }
        if (sums.getLargestHarm() < 0 || sums.getLargestHarm() > sums.getHarm() * (1 + TOLERANCE)) {
            findings.accept(name + "largest_harm: must be from 0 to harm. Found: " + sums.getLargestHarm() + ", harm "
                    + sums.getHarm());
        }
        if (sums.getNonfinite() > 0) {
            if (Double.isFinite(sums.getLca())) {
                findings.accept(
                        name + "lca: must not be finite if that of a parameter is not. Found: " + sums.getLca());
            }
            return true;
        }
        double magnitude = sums.getHarm() - sums.getHelp();
        if (!(Math.abs(sums.getLca() - sums.getHelp() - sums.getHarm()) <= TOLERANCE * magnitude)) {
            findings.accept(name + "lca: must be help + harm, " + (sums.getHelp() + sums.getHarm()) + ". Found: "
                    + sums.getLca());
            return false;
        }
        double least = Math.max(Math.abs(sums.getLargestHelp()), sums.getLargestHarm());
        boolean squares = sums.getSumOfSquares() >= least * least * (1 - TOLERANCE)
                && sums.getSumOfSquares() <= magnitude * magnitude * (1 + TOLERANCE);
        if (!squares) {
            findings.accept(name + "sum_of_squares: must be from the square of the largest LCA to that of their sum."
                    + " Found: " + sums.getSumOfSquares());
        }
        double apart = Math.abs(sums.getLca() - sums.getCoarseLca());
        if (coarse && !(apart <= sums.getAbsoluteEstimate() * (1 + TOLERANCE) + TOLERANCE * magnitude)) {
            findings.accept(name + "absolute_estimate: must be at least |lca - coarse_lca|, " + apart + ". Found: "
                    + sums.getAbsoluteEstimate());
        }
        if (sums.hasGradientSquares() && sums.hasDeltaSquares()) {
            double most = Math.sqrt(sums.getGradientSquares() * sums.getDeltaSquares());
            if (Math.abs(sums.getLca()) > most * (1 + TOLERANCE)) {
                findings.accept(name + "gradient_squares: |lca| must be at most the product of both norms, " + most
                        + ". Found: " + sums.getLca());
            }
        }
        return true;
    }

    private static void units(
            String field, AllocationSums sums, List<Double> doubles, List<Float> floats, Consumer<String> findings) {
        if (doubles.isEmpty() && floats.isEmpty()) {
            return;
        }
        double sum = doubles.stream().mapToDouble(Double::doubleValue).sum()
                + floats.stream().mapToDouble(Float::doubleValue).sum();
        double magnitude = sums.getHarm() - sums.getHelp();
        if (sums.getNonfinite() == 0 && !(Math.abs(sum - sums.getLca()) <= TOLERANCE * magnitude)) {
            findings.accept(field + ".unit_lca: must add up to lca, " + sums.getLca() + ". Found: " + sum);
        }
    }
}
