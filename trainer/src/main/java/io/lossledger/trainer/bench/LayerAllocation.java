package io.lossledger.trainer.bench;

import io.lossledger.lca.Quadrature;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TensorLayout;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** The LCA of each layer for benchmarks, computed without Kafka. Plain sums in double. Stateless. */
final class LayerAllocation {
    private LayerAllocation() {}

    static int layers(ModelLayout layout) {
        return 1
                + layout.tensors().stream()
                        .mapToInt(TensorLayout::layerIndex)
                        .max()
                        .orElseThrow();
    }

    /** The LCA by layer index. */
    static double[] lca(ModelLayout layout, StepUpdate step, int objective) {
        double[] sums = new double[layers(layout)];
        SegmentGradient gradient = step.objectives().get(objective).gradient();
        if (gradient instanceof SegmentGradient.Averaged averaged) {
            addProducts(sums, layout, step.delta(), averaged.mean(), 1);
        } else if (gradient instanceof SegmentGradient.Nodes nodes) {
            double[] weights = weights(nodes.nodes());
            for (int node = 0; node < weights.length; node++) {
                if (weights[node] != 0) {
                    addProducts(
                            sums, layout, step.delta(), nodes.nodes().get(node).orElseThrow(), weights[node]);
                }
            }
        }
        return sums;
    }

    /** One draw of the sampling error, by layer index. */
    static double[] samplingError(ModelLayout layout, StepUpdate step, int objective) {
        double[] sums = new double[layers(layout)];
        ObjectiveStep sampled = step.objectives().get(objective);
        addProducts(sums, layout, step.delta(), sampled.samplingContrast().orElseThrow(), 1);
        return sums;
    }

    private static double[] weights(List<Optional<FlatVector>> nodes) {
        BitSet present = new BitSet();
        for (int node = 0; node < nodes.size(); node++) {
            present.set(node, nodes.get(node).isPresent());
        }
        int splits = nodes.size() - 1;
        return Quadrature.finest(splits, present).orElseThrow().weightsOn(splits);
    }

    private static void addProducts(
            double[] sums, ModelLayout layout, FlatVector delta, FlatVector gradient, double weight) {
        for (TensorLayout tensor : layout.tensors()) {
            double sum = 0;
            for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                sum += delta.get(i) * gradient.get(i);
            }
            sums[tensor.layerIndex()] += weight * sum;
        }
    }
}
