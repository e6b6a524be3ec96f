package io.lossledger.lca;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/** A straight segment from one point to another; allocates the loss change along it with the code under test. */
final class Segment {
    private final double[] start;
    private final double[] end;

    Segment(double[] start, double[] end) {
        this.start = start;
        this.end = end;
    }

    double[] start() {
        return start;
    }

    double[] end() {
        return end;
    }

    /** The allocation of every parameter. */
    double[] allocate(UnaryOperator<double[]> gradient, Quadrature rule) {
        ChunkAllocator allocator = new ChunkAllocator();
        sums(gradient, rule, allocator);
        return Arrays.copyOf(allocator.allocated(), start.length);
    }

    /** The sums with the rule's own coarser rule beside it. */
    AllocationSums sums(UnaryOperator<double[]> gradient, Quadrature rule) {
        return sums(gradient, rule, new ChunkAllocator());
    }

    double[] delta() {
        double[] delta = new double[start.length];
        for (int i = 0; i < delta.length; i++) {
            delta[i] = end[i] - start[i];
        }
        return delta;
    }

    double[] at(double s) {
        double[] point = new double[start.length];
        for (int i = 0; i < point.length; i++) {
            point[i] = (1 - s) * start[i] + s * end[i];
        }
        return point;
    }

    Segment reversed() {
        return new Segment(end, start);
    }

    private AllocationSums sums(UnaryOperator<double[]> gradient, Quadrature rule, ChunkAllocator allocator) {
        double[][] gradients = new double[rule.splits() + 1][];
        for (int node = 0; node < gradients.length; node++) {
            gradients[node] = gradient.apply(at((double) node / rule.splits()));
        }
        double[] coarse =
                rule.coarser().map(coarser -> coarser.weightsOn(rule.splits())).orElse(null);
        return allocator.allocate(delta(), gradients, rule.weights(), coarse, start.length);
    }
}
