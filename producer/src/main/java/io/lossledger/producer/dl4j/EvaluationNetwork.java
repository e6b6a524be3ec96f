package io.lossledger.producer.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Makes networks that compute the data loss alone: like the user's, but without dropout, weight noise, constraints and
 * L1, L2 or weight decay, in the precision asked for. Batch norm stays in batch-statistics mode. Stateless.
 */
final class EvaluationNetwork {
    private EvaluationNetwork() {}

    static MultiLayerNetwork of(MultiLayerNetwork network, DataType precision) {
        MultiLayerConfiguration configuration =
                network.getLayerWiseConfigurations().clone();
        configuration.setDataType(precision);
        configuration.setBackpropType(BackpropType.Standard); // truncated, it carries state from one chunk to the next
        for (NeuralNetConfiguration part : configuration.getConfs()) {
            part.setDataType(precision);
            part.setMiniBatch(true); // the score is then the mean, whatever the user's training divides by
            strip(part.getLayer(), precision);
        }
        MultiLayerNetwork evaluation = new MultiLayerNetwork(configuration);
        evaluation.init();
        return evaluation;
    }

    /** @throws IllegalArgumentException when the layer wraps another, whose settings cannot be reached */
    private static void strip(Layer layer, DataType precision) {
        boolean wraps =
                layer instanceof BaseWrapperLayer || layer instanceof Bidirectional || layer instanceof FrozenLayer;
        if (wraps) {
            throw new IllegalArgumentException("network: must have no layers that wrap others. Found: "
                    + layer.getClass().getSimpleName());
        }
        layer.setDataType(precision);
        layer.setIDropout(null);
        layer.setConstraints(null);
        if (layer instanceof BaseLayer base) {
            base.setWeightNoise(null);
            base.setRegularization(List.of());
            base.setRegularizationBias(List.of());
        }
    }
}
