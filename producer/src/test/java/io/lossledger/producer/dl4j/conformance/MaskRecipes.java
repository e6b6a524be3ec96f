package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.ONE_CLASS;
import static io.lossledger.producer.dl4j.conformance.Parts.SEQUENCES;
import static io.lossledger.producer.dl4j.conformance.Parts.STEP_CLASSES;
import static io.lossledger.producer.dl4j.conformance.Parts.lstm;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.pool;
import static io.lossledger.producer.dl4j.conformance.Parts.rnn;
import static io.lossledger.producer.dl4j.conformance.Parts.rnnOutput;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.List;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Sequences of different lengths. */
final class MaskRecipes {
    private MaskRecipes() {}

    static List<Recipe> all() {
        Examples both = STEP_CLASSES.masked(true, true);
        Examples features = ONE_CLASS.masked(true, false);
        return List.of(
                layers(LSTM.class, "masks", SEQUENCES, both, v -> new Layer[] {lstm(3, v), rnnOutput()}),
                layers(SimpleRnn.class, "masks", SEQUENCES, both, v -> new Layer[] {rnn(3), rnnOutput()}),
                layers(RnnOutputLayer.class, "labels mask alone", SEQUENCES, STEP_CLASSES.masked(false, true), v ->
                        new Layer[] {lstm(3, v), rnnOutput()}),
                layers(RnnLossLayer.class, "masks", SEQUENCES, both, v -> new Layer[] {
                    rnn(Examples.CLASSES),
                    new RnnLossLayer.Builder(LossFunction.MCXENT)
                            .activation(Activation.SOFTMAX)
                            .build()
                }),
                layers(Bidirectional.class, "masks", SEQUENCES, both, v ->
                        new Layer[] {new Bidirectional(lstm(2, v)), rnnOutput()}),
                layers(MaskLayer.class, "masks", SEQUENCES, both, v ->
                        new Layer[] {lstm(3, v), new MaskLayer(), rnnOutput()}),
                layers(LastTimeStep.class, "features mask", SEQUENCES, features, v ->
                        new Layer[] {new LastTimeStep(lstm(3, v)), output()}),
                pooled(PoolingType.AVG, features),
                pooled(PoolingType.MAX, features),
                layers(OutputLayer.class, "examples left out by a mask", Parts.ROWS, weighed(1), v ->
                        new Layer[] {Parts.dense(4), output()}),
                layers(OutputLayer.class, "examples weighted by a mask", Parts.ROWS, weighed(2), v ->
                                new Layer[] {Parts.dense(4), output()})
                        .expect(
                                Expectation.refused(
                                        "must have the slope of its loss as its gradient",
                                        "DL4J multiplies the gradient twice by a mask, the loss once, so values other than 0 and 1 are wrong")),
                VertexRecipes.graph(
                        LastTimeStepVertex.class,
                        "features mask",
                        features,
                        (v, graph) -> graph.addLayer("a", lstm(3, v), "in")
                                .addVertex("last", new LastTimeStepVertex("in"), "a")
                                .addLayer("out", output(), "last")
                                .setInputTypes(SEQUENCES)),
                VertexRecipes.graph(
                        LSTM.class,
                        "masks in a graph",
                        both,
                        (v, graph) -> graph.addLayer("a", lstm(3, v), "in")
                                .addLayer("out", rnnOutput(), "a")
                                .setInputTypes(SEQUENCES)),
                layers(MaskZeroLayer.class, "of LSTM, padded with zeros", SEQUENCES, padded(), v ->
                                new Layer[] {new MaskZeroLayer(lstm(3, v), 0), rnnOutput()})
                        .expect(Expectation.refused(
                                "must have the slope of its loss as its gradient",
                                "DL4J's gradient of an LSTM in it is wrong where the input is padded")),
                layers(MaskZeroLayer.class, "of SimpleRnn, padded with zeros", SEQUENCES, padded(), v ->
                        new Layer[] {new MaskZeroLayer(rnn(3), 0), rnnOutput()}));
    }

    private static Recipe pooled(PoolingType type, Examples examples) {
        InputType input = SEQUENCES;
        return layers(GlobalPoolingLayer.class, type + " of masked sequences", input, examples, v -> new Layer[] {
            lstm(3, v), type == PoolingType.AVG ? pool() : new GlobalPoolingLayer.Builder(type).build(), output()
        });
    }

    /** The first example counts so much, the second not at all. */
    private static Examples weighed(double first) {
        Examples plain = Examples.classified(Parts.ROWS);
        return (count, seed) -> {
            MultiDataSet data = plain.make(count, seed);
            var mask = Nd4j.ones(count, 1);
            mask.putScalar(0, first);
            mask.putScalar(1, 0);
            data.setLabelsMaskArray(new INDArray[] {mask});
            return data;
        };
    }

    /** Zeros at the end of each sequence, no masks. */
    private static Examples padded() {
        Examples masked = STEP_CLASSES.masked(true, false);
        return (count, seed) -> {
            MultiDataSet data = masked.make(count, seed);
            var mask = data.getFeaturesMaskArray(0);
            for (int i = 0; i < count; i++) {
                for (int step = 0; step < Examples.STEPS; step++) {
                    data.getFeatures(0)
                            .tensorAlongDimension(i * Examples.STEPS + step, 1)
                            .muli(mask.getDouble(i, step));
                }
            }
            data.setFeaturesMaskArrays(null);
            return data;
        };
    }
}
