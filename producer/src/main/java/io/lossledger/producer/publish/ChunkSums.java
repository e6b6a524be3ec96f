package io.lossledger.producer.publish;

import io.lossledger.lca.AllocationKernel;
import io.lossledger.lca.ChunkAllocator;
import io.lossledger.lca.Quadrature;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.protocol.Sums;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Allocates a chunk before it is sent, as the processor would: from the same vectors, in the same order, to the same bits.
 * Owns scratch memory of the largest chunk; not thread-safe.
 */
final class ChunkSums {
    private final ChunkAllocator allocator = new ChunkAllocator();

    /** A range of the flat vectors, and of the tensor, of which {@code perUnit} parameters make a unit. */
    record Range(int from, int count, long offset, int perUnit) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared, and large
    private record Rule(String name, double[][] gradients, double[] weights, double @Nullable [] coarse) {}

    AllocatedChunk allocate(StepUpdate step, ObjectiveStep objective, Range range) {
        Rule rule = rule(objective.gradient(), range);
        double[] delta = step.delta().toDoubles(range.from(), range.count());
        AllocatedChunk.Builder chunk = AllocatedChunk.newBuilder()
                .setRule(rule.name())
                .setCoarseSums(rule.coarse() != null)
                .setSums(sums(delta, rule, range));
        units(range).forEach(chunk::addUnitLca);
        objective.samplingContrast().ifPresent(contrast -> chunk.setSamplingError(error(delta, contrast, range)));
        for (StepUpdate.Part part : step.parts()) {
            double[] moved = part.delta().toDoubles(range.from(), range.count());
            AllocatedPart.Builder split =
                    AllocatedPart.newBuilder().setName(part.name()).setSums(sums(moved, rule, range));
            units(range).forEach(split::addUnitLca);
            chunk.addParts(split);
        }
        return chunk.build();
    }

    private static Rule rule(SegmentGradient gradient, Range range) {
        if (gradient instanceof SegmentGradient.Averaged averaged) {
            double[][] means = {
                averaged.mean().toDoubles(range.from(), range.count()),
                averaged.coarseMean().toDoubles(range.from(), range.count())
            };
            return new Rule(averaged.rule(), means, new double[] {1, 0}, new double[] {0, 1});
        }
        List<Optional<FlatVector>> nodes = ((SegmentGradient.Nodes) gradient).nodes();
        BitSet present = new BitSet();
        double[][] gradients = new double[nodes.size()][];
        for (int node = 0; node < gradients.length; node++) {
            Optional<FlatVector> vector = nodes.get(node);
            present.set(node, vector.isPresent());
            gradients[node] = vector.map(g -> g.toDoubles(range.from(), range.count()))
                    .orElseGet(() -> new double[range.count()]);
        }
        int splits = gradients.length - 1;
        Quadrature rule = Quadrature.finest(splits, present)
                .orElseThrow(() -> new IllegalArgumentException(
                        "gradient: must have the nodes of at least one quadrature rule. Found: " + present));
        return new Rule(
                rule.name(),
                gradients,
                rule.weightsOn(splits),
                rule.coarser().map(coarser -> coarser.weightsOn(splits)).orElse(null));
    }

    private AllocationSums sums(double[] delta, Rule rule, Range range) {
        return Sums.toMessage(
                allocator.allocate(delta, rule.gradients(), rule.weights(), rule.coarse(), range.count()));
    }

    private double error(double[] delta, FlatVector contrast, Range range) {
        double[][] gradients = {contrast.toDoubles(range.from(), range.count())};
        return allocator
                .allocate(delta, gradients, new double[] {1}, null, range.count())
                .sum();
    }

    /** Of the last allocation. */
    private List<Double> units(Range range) {
        if (range.perUnit() == 0) {
            return List.of();
        }
        long last = (range.offset() + range.count() - 1) / range.perUnit();
        double[] units = new double[(int) (last - range.offset() / range.perUnit()) + 1];
        AllocationKernel.addUnitSums(allocator.allocated(), range.count(), range.offset(), range.perUnit(), units);
        return Arrays.stream(units).boxed().toList();
    }
}
