package io.lossledger.producer.dl4j.conformance;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Which of its two networks a recipe builds: the one that is trained, or a plain one in float64 that computes the data loss
 * alone, for an oracle that owes nothing to the ledger's evaluation.
 *
 * @param plain whether dropout, noise and regularization are left out
 */
record Variant(DataType type, boolean plain) {
    static final Variant TRAINED = new Variant(DataType.FLOAT, false);
    static final Variant PLAIN = new Variant(DataType.DOUBLE, true);

    static final double RETAIN = 0.8;
    private static final double L2 = 0.05;
    private static final double RATE = 0.01;
    private static final int SEED = 12;

    /** Adam, nothing else. */
    NeuralNetConfiguration.Builder bare() {
        return new NeuralNetConfiguration.Builder().seed(SEED).dataType(type).updater(new Adam(RATE));
    }

    /** With dropout on the input of each layer and L2 on its weights. */
    NeuralNetConfiguration.Builder settings() {
        return bare().l2(l2()).dropOut(retain());
    }

    double l2() {
        return plain ? 0 : L2;
    }

    /** What layers retain of their input; 0 means that they have no dropout. */
    double retain() {
        return plain ? 0 : RETAIN;
    }

    @Nullable
    IDropout dropout(IDropout dropout) {
        return plain ? null : dropout;
    }

    @Nullable
    IWeightNoise noise(IWeightNoise noise) {
        return plain ? null : noise;
    }

    Model layers(InputType input, Layer... layers) {
        return layers(settings(), input, layers);
    }

    static Model layers(NeuralNetConfiguration.Builder settings, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = settings.list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return new MultiLayerNetwork(list.setInputType(input).build());
    }

    GraphBuilder graph() {
        return settings().graphBuilder();
    }

    static Model graph(GraphBuilder graph) {
        return new ComputationGraph(graph.build());
    }
}
