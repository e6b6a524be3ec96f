package io.lossledger.producer.evaluate;

import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.layout.NetworkRequirements;
import io.lossledger.producer.plan.EvaluationConfiguration;
import io.lossledger.producer.step.FlatVector;
import java.util.Arrays;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network that computes only the data loss and its gradient, at any parameters: a copy of the user's network, built
 * from an {@link EvaluationConfiguration}. To be used by one thread at a time.
 */
final class EvaluationNetwork {
    private final Model model;

    private EvaluationNetwork(Model model) {
        this.model = model;
    }

    /**
     * Copies a network that meets {@link NetworkRequirements}. Seeds the thread's random generator.
     *
     * @throws IllegalArgumentException when DL4J gives the copy a different parameter layout
     */
    static EvaluationNetwork of(Model network, DataType precision) {
        Model copy;
        if (network instanceof ComputationGraph graph) {
            copy = new ComputationGraph(EvaluationConfiguration.of(graph.getConfiguration(), precision));
        } else {
            copy = new MultiLayerNetwork(
                    EvaluationConfiguration.of(((MultiLayerNetwork) network).getLayerWiseConfigurations(), precision));
        }
        copy.init();
        if (!NetworkLayout.of(copy).equals(NetworkLayout.of(network))) {
            throw new IllegalArgumentException("network: must keep its layout when copied. Found: "
                    + NetworkLayout.of(network) + ", in the copy " + NetworkLayout.of(copy));
        }
        return new EvaluationNetwork(copy);
    }

    void setParameters(FlatVector parameters) {
        model.setParams(FlatArrays.toArray(parameters));
    }

    /** Adds the gradient, summed over the examples, and returns the loss, also summed. */
    double addTo(double[] gradient, Batch batch) {
        try {
            compute(batch);
            // DL4J's score is the mean over the batch, but its gradient is the sum.
            double loss = model.score() * batch.examples();
            FlatArrays.addTo(gradient, model.getGradientsViewArray());
            return loss;
        } finally {
            if (model instanceof ComputationGraph graph) {
                graph.clearLayerMaskArrays();
            } else {
                ((MultiLayerNetwork) model).clearLayerMaskArrays();
            }
            model.clear();
        }
    }

    private void compute(Batch batch) {
        if (model instanceof ComputationGraph graph) {
            graph.setInputs(batch.features());
            graph.setLabels(batch.labels());
            graph.setLayerMaskArrays(orNull(batch.featuresMasks()), orNull(batch.labelsMasks()));
            graph.computeGradientAndScore();
        } else {
            MultiLayerNetwork layers = (MultiLayerNetwork) model;
            layers.setInput(batch.features()[0]);
            layers.setLabels(batch.labels()[0]);
            layers.setLayerMaskArrays(batch.featuresMasks()[0], batch.labelsMasks()[0]);
            layers.computeGradientAndScore();
        }
    }

    /** DL4J would take an array without masks for masks. */
    private static @Nullable INDArray @Nullable [] orNull(@Nullable INDArray[] masks) {
        return Arrays.stream(masks).allMatch(Objects::isNull) ? null : masks;
    }
}
