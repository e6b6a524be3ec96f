package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.IMAGES;
import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.SEQUENCES;
import static io.lossledger.producer.dl4j.conformance.Parts.STEP_CLASSES;
import static io.lossledger.producer.dl4j.conformance.Parts.convolution;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.lstm;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.pool;
import static io.lossledger.producer.dl4j.conformance.Parts.rnnOutput;
import static io.lossledger.producer.dl4j.conformance.VertexRecipes.graph;

import java.util.List;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Graphs of several inputs, outputs and branches. */
final class GraphRecipes {
    private GraphRecipes() {}

    static List<Recipe> all() {
        return List.of(
                residual(),
                twoOutputs(),
                twoInputs(),
                graph(
                        DropoutLayer.class,
                        "first in a graph",
                        Examples.classified(ROWS),
                        (v, graph) -> graph.addLayer("drop", dropout(v), "in")
                                .addLayer("a", dense(4), "drop")
                                .addLayer("out", output(), "a")
                                .setInputTypes(ROWS)),
                graph(
                        FrozenLayer.class,
                        "in a graph, between",
                        Examples.classified(ROWS),
                        (v, graph) -> graph.addLayer("a", dense(4), "in")
                                .addLayer("frozen", new FrozenLayer(dense(4)), "a")
                                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "frozen")
                                .addLayer("out", output(), "sum")
                                .setInputTypes(ROWS)),
                graph(
                        LSTM.class,
                        "truncated backpropagation in a graph",
                        STEP_CLASSES,
                        (v, graph) -> graph.addLayer("a", lstm(3, v), "in")
                                .addLayer("out", rnnOutput(), "a")
                                .backpropType(BackpropType.TruncatedBPTT)
                                .tBPTTForwardLength(Examples.STEPS / 2)
                                .tBPTTBackwardLength(Examples.STEPS / 2)
                                .setInputTypes(SEQUENCES)),
                graph(
                        Bidirectional.class,
                        "in a graph",
                        Parts.ONE_CLASS,
                        (v, graph) -> graph.addLayer(
                                        "a", new Bidirectional(Bidirectional.Mode.CONCAT, lstm(2, v)), "in")
                                .addLayer("b", new LastTimeStep(new Bidirectional(lstm(2, v))), "a")
                                .addLayer("out", output(), "b")
                                .setInputTypes(SEQUENCES)));
    }

    private static Layer dropout(Variant variant) {
        return variant.plain() ? new ActivationLayer(Activation.IDENTITY) : new DropoutLayer(0.5);
    }

    private static Recipe residual() {
        return graph(
                LayerVertex.class,
                "residual block",
                Examples.classified(IMAGES),
                (v, graph) -> graph.addLayer("a", convolution(3), "in")
                        .addLayer("norm", RowRecipes.norm(), "a")
                        .addLayer("b", convolution(3), "norm")
                        .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                        .addLayer("pool", pool(), "sum")
                        .addLayer("out", output(), "pool")
                        .setInputTypes(IMAGES));
    }

    /** Two losses of different kinds over one trunk. */
    private static Recipe twoOutputs() {
        Examples examples = Examples.of(
                new Examples.Values[] {Examples.normal(5)},
                new Examples.Values[] {Examples.classes(), Examples.fractions(2)});
        return new Recipe(
                OutputLayer.class,
                "two outputs",
                examples,
                v -> Variant.graph(v.graph()
                        .addInputs("in")
                        .addLayer("a", dense(4), "in")
                        .addLayer("class", output(), "a")
                        .addLayer(
                                "number",
                                new OutputLayer.Builder(LossFunction.MSE)
                                        .nOut(2)
                                        .activation(Activation.IDENTITY)
                                        .build(),
                                "a")
                        .setOutputs("class", "number")
                        .setInputTypes(ROWS)));
    }

    /** A sequence and a row; a label for each step and one for the whole. */
    private static Recipe twoInputs() {
        Examples examples = Examples.of(
                new Examples.Values[] {Examples.normal(SEQUENCES), Examples.normal(5)},
                new Examples.Values[] {Examples.oneHot(Examples.CLASSES, Examples.STEPS), Examples.classes()});
        InputType[] inputs = {SEQUENCES, ROWS};
        return new Recipe(
                RnnOutputLayer.class,
                "two inputs and outputs",
                examples,
                v -> Variant.graph(v.graph()
                        .addInputs("sequence", "row")
                        .addLayer("a", lstm(3, v), "sequence")
                        .addLayer("last", new LastTimeStep(lstm(3, v)), "a")
                        .addLayer("b", dense(3), "row")
                        .addVertex("both", new MergeVertex(), "last", "b")
                        .addLayer("steps", rnnOutput(), "a")
                        .addLayer("whole", output(), "both")
                        .setOutputs("steps", "whole")
                        .setInputTypes(inputs)));
    }
}
