package io.lossledger.producer.measure;

import io.lossledger.lca.Quadrature;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Simpson's rule with n splits and the next coarser rule allocate to each layer; decides whether that is accurate
 * enough. Sums are in double. Immutable.
 */
final class AllocationEstimate {
    /** The LCA of a layer according to both rules. */
    private record Layer(double lca, double coarse) {
        Layer plus(double more, double moreCoarse) {
            return new Layer(lca + more, coarse + moreCoarse);
        }
    }

    private final Quadrature rule;
    private final double[] mean;
    private final double[] coarseMean;
    private final SortedMap<Integer, Layer> layers = new TreeMap<>();

    private AllocationEstimate(Quadrature rule, double[] mean, double[] coarseMean) {
        this.rule = rule;
        this.mean = mean;
        this.coarseMean = coarseMean;
    }

    /**
     * Averages the gradients and allocates.
     *
     * @param nodes gradients at s = 0, 1/n, …, 1, n a power of two
     */
    static AllocationEstimate of(ModelLayout layout, FlatVector delta, List<FlatVector> nodes) {
        int splits = nodes.size() - 1;
        Quadrature rule = Quadrature.simpson(splits);
        double[] coarseWeights = rule.coarser().orElseThrow().weightsOn(splits);
        AllocationEstimate estimate =
                new AllocationEstimate(rule, average(nodes, rule.weights()), average(nodes, coarseWeights));
        for (TensorLayout tensor : layout.tensors()) {
            estimate.add(tensor, delta);
        }
        return estimate;
    }

    private static double[] average(List<FlatVector> nodes, double[] weights) {
        double[] average = new double[nodes.get(0).length()];
        for (int node = 0; node < weights.length; node++) {
            if (weights[node] != 0) {
                nodes.get(node).addScaledTo(average, weights[node]);
            }
        }
        return average;
    }

    private void add(TensorLayout tensor, FlatVector delta) {
        double lca = 0;
        double coarse = 0;
        for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
            lca += delta.get(i) * mean[i];
            coarse += delta.get(i) * coarseMean[i];
        }
        Layer before = layers.getOrDefault(tensor.layerIndex(), new Layer(0, 0));
        layers.put(tensor.layerIndex(), before.plus(lca, coarse));
    }

    /**
     * Whether the residual and every layer's error estimate are within the tolerance. True if the loss is not finite,
     * because no refinement would help.
     */
    boolean isWithin(MeasureSettings settings, double lossChange) {
        double sum = layers.values().stream().mapToDouble(Layer::lca).sum();
        double gross = layers.values().stream()
                .mapToDouble(layer -> Math.abs(layer.lca()))
                .sum();
        double tolerance = settings.tolerance(Math.max(Math.abs(lossChange), gross));
        boolean exceeded = Math.abs(lossChange - sum) > tolerance
                || layers.values().stream().anyMatch(layer -> Math.abs(layer.lca() - layer.coarse()) > tolerance);
        return !exceeded;
    }

    SegmentGradient averaged(ElementType type) {
        return new SegmentGradient.Averaged(rule.name(), FlatVector.of(type, mean), FlatVector.of(type, coarseMean));
    }
}
