package io.lossledger.trainer;

import java.util.List;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Gives each layer its update rule and regularization. A frozen layer gets plain SGD with the learning rate 0 and no
 * regularization: its parameters do not change by a bit, and the rest of the network trains as usual. (DL4J's frozen
 * layers wrap the layer and switch batch norm and dropout to inference; its no-op updater subtracts the gradient.)
 * Running statistics of a frozen batch norm are still updated, but training does not use them. Stateless.
 */
record LayerUpdaters(ModelSettings settings) {

    /** The rule of every layer without its own. */
    IUpdater common() {
        return updater(settings.learningRate(), settings.momentum());
    }

    void apply(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer) {
            apply(layer.getLayerConf().getLayer());
        }
    }

    void apply(Layer layer) {
        if (!(layer instanceof BaseLayer base)) {
            return;
        }
        // not by the network's builder: DL4J 1.0.0-M2.1 then applies weight decay twice
        base.setRegularization(regularization());
        for (LayerSettings own : settings.layers()) {
            if (own.layer().equals(layer.getLayerName())) {
                base.setIUpdater(updater(own));
                if (own.frozen()) {
                    base.setRegularization(List.of());
                }
            }
        }
    }

    private List<Regularization> regularization() {
        if (settings.l2() > 0) {
            return List.of(new L2Regularization(settings.l2()));
        }
        return settings.weightDecay() > 0 ? List.of(new WeightDecay(settings.weightDecay(), true)) : List.of();
    }

    private IUpdater updater(LayerSettings own) {
        if (own.frozen()) {
            return new Sgd(0.0);
        }
        return updater(
                settings.learningRate() * own.learningRateFactor(),
                own.momentum().orElse(settings.momentum()));
    }

    private IUpdater updater(double learningRate, double momentum) {
        return settings.optimizer().updater(learningRate, settings.schedule().startingAt(learningRate), momentum);
    }
}
