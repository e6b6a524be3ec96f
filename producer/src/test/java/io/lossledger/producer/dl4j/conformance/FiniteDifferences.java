package io.lossledger.producer.dl4j.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Slopes of the data loss of a plain float64 network, from its scores alone: no gradient of DL4J's, and nothing of the ledger's
 * evaluation.
 */
final class FiniteDifferences {
    /** Lengths of a step, of which the best is taken: a kink or rounding spoils one, a wrong gradient agrees with none. */
    private static final double[] LENGTHS = {1e-5, 1e-4, 1e-6};

    private static final Set<String> RUNNING_STATISTICS = Set.of("mean", "var", "log10stdev");

    private final Model network;
    private final MultiDataSet data;

    FiniteDifferences(Model network, MultiDataSet data) {
        this.network = network;
        this.data = doubles(data);
    }

    /** Where each tensor that learns lies in the flat parameters, by DL4J's own views. */
    List<Range> tensors() {
        List<Range> ranges = new ArrayList<>();
        long origin = network.params().offset();
        network.paramTable().forEach((name, view) -> {
            if (!RUNNING_STATISTICS.contains(name.substring(name.lastIndexOf('_') + 1))) {
                ranges.add(new Range((int) (view.offset() - origin), (int) view.length()));
            }
        });
        return ranges;
    }

    record Range(int from, int length) {}

    /** The mean loss, dropout and regularization left out, batch norm by the batch. */
    double loss(double[] parameters) {
        network.setParams(Nd4j.createFromArray(parameters));
        // Some of DL4J's layers and losses make arrays in the default type, which would be float32.
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
        try {
            return network instanceof ComputationGraph graph
                    ? graph.score(data, true)
                    : ((MultiLayerNetwork) network).score(single(data), true);
        } finally {
            Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
        }
    }

    /**
     * Change of the loss when a tensor moves by its share of the update, to the first order.
     *
     * @param expected of the lengths of a difference, that is taken which comes nearest to this
     * @param near how near is near enough
     */
    double slope(double[] point, double[] delta, Range tensor, double expected, double near) {
        double norm = 0;
        for (int i = tensor.from(); i < tensor.from() + tensor.length(); i++) {
            norm += delta[i] * delta[i];
        }
        norm = Math.sqrt(norm);
        if (norm == 0) {
            return 0;
        }
        double best = Double.NaN;
        for (double length : LENGTHS) {
            double slope = norm
                    * (loss(moved(point, delta, tensor, length / norm))
                            - loss(moved(point, delta, tensor, -length / norm)))
                    / (2 * length);
            if (!(Math.abs(best - expected) <= Math.abs(slope - expected))) {
                best = slope;
            }
            if (Math.abs(best - expected) <= near) {
                break;
            }
        }
        return best;
    }

    private static double[] moved(double[] point, double[] delta, Range tensor, double factor) {
        double[] moved = point.clone();
        for (int i = tensor.from(); i < tensor.from() + tensor.length(); i++) {
            moved[i] += factor * delta[i];
        }
        return moved;
    }

    static DataSet single(MultiDataSet data) {
        return new DataSet(
                data.getFeatures(0), data.getLabels(0), data.getFeaturesMaskArray(0), data.getLabelsMaskArray(0));
    }

    private static MultiDataSet doubles(MultiDataSet data) {
        return new MultiDataSet(
                doubles(data.getFeatures()),
                doubles(data.getLabels()),
                doubles(data.getFeaturesMaskArrays()),
                doubles(data.getLabelsMaskArrays()));
    }

    private static INDArray @Nullable [] doubles(INDArray @Nullable [] arrays) {
        if (arrays == null) {
            return null;
        }
        INDArray[] doubles = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            doubles[i] = arrays[i] == null ? null : arrays[i].castTo(DataType.DOUBLE);
        }
        return doubles;
    }
}
