package io.lossledger.producer.evaluate;

import static io.lossledger.producer.evaluate.KindNetworks.CLASSES;
import static io.lossledger.producer.evaluate.KindNetworks.EXAMPLES;
import static io.lossledger.producer.evaluate.KindNetworks.STEPS;
import static io.lossledger.producer.evaluate.KindNetworks.data;
import static io.lossledger.producer.evaluate.KindNetworks.dense;
import static io.lossledger.producer.evaluate.KindNetworks.graph;
import static io.lossledger.producer.evaluate.KindNetworks.labels;
import static io.lossledger.producer.evaluate.KindNetworks.lstm;
import static io.lossledger.producer.evaluate.KindNetworks.norm;
import static io.lossledger.producer.evaluate.KindNetworks.output;
import static io.lossledger.producer.evaluate.KindNetworks.pointwise;
import static io.lossledger.producer.evaluate.KindNetworks.random;
import static io.lossledger.producer.evaluate.KindNetworks.rnnOutput;
import static io.lossledger.producer.evaluate.KindNetworks.settings;
import static io.lossledger.producer.evaluate.KindNetworks.stepLabels;

import java.util.List;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Small float64 graphs for the kinds of vertices, with data for them. */
public final class KindGraphs {
    private KindGraphs() {}

    public static List<NetworkCase> all() {
        return List.of(residual(), merged(), twoOfEach(), vertices(), twins(), sequences(), words(), frozen());
    }

    /** The skip is named so that the vertices' names do not sort in topological order. */
    static NetworkCase residual() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("z", pointwise(3), "in")
                .addLayer("norm", norm().build(), "z")
                .addLayer("b", pointwise(3), "norm")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "z", "b")
                .addLayer("a", pointwise(2), "add")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                .addLayer("out", output(), "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(4, 4, 2));
        return new NetworkCase("residual", graph(graph), data(random(1, EXAMPLES, 2, 4, 4), labels(EXAMPLES, CLASSES)));
    }

    static NetworkCase merged() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", dense(3).build(), "in")
                .addLayer("b", dense(2).build(), "in")
                .addVertex("merge", new MergeVertex(), "b", "a", "in")
                .addLayer("out", output(), "merge")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3));
        return new NetworkCase("merged", graph(graph), data(random(1, EXAMPLES, 3), labels(EXAMPLES, CLASSES)));
    }

    static NetworkCase twoOfEach() {
        var graph = settings()
                .graphBuilder()
                .addInputs("left", "right")
                .addLayer("a", dense(3).build(), "left")
                .addLayer("b", dense(3).build(), "right")
                .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "b")
                .addLayer("first", output(), "product")
                .addLayer("second", output(), "a")
                .setOutputs("first", "second")
                .setInputTypes(InputType.feedForward(3), InputType.feedForward(2));
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {random(1, EXAMPLES, 3), random(2, EXAMPLES, 2)},
                new INDArray[] {labels(EXAMPLES, CLASSES), labels(EXAMPLES, CLASSES)});
        return new NetworkCase("two inputs and outputs", graph(graph), data);
    }

    private static NetworkCase vertices() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", dense(4).build(), "in")
                .addVertex("subset", new SubsetVertex(1, 2), "a")
                .addVertex("scale", new ScaleVertex(1.5), "a")
                .addVertex("unit", new L2NormalizeVertex(), "scale")
                .addVertex("merge", new MergeVertex(), "subset", "unit")
                .addLayer("out", output(), "merge")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3));
        return new NetworkCase("vertices", graph(graph), data(random(1, EXAMPLES, 3), labels(EXAMPLES, CLASSES)));
    }

    /** Two inputs that go through the same layer. */
    private static NetworkCase twins() {
        var graph = settings()
                .graphBuilder()
                .addInputs("left", "right")
                .addVertex("stack", new StackVertex(), "left", "right")
                .addLayer("shared", dense(3).build(), "stack")
                .addVertex("first", new UnstackVertex(0, 2), "shared")
                .addVertex("second", new UnstackVertex(1, 2), "shared")
                .addVertex("distance", new L2Vertex(), "first", "second")
                .addLayer("out", output(), "distance")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3), InputType.feedForward(3));
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {random(1, EXAMPLES, 3), random(2, EXAMPLES, 3)},
                new INDArray[] {labels(EXAMPLES, CLASSES)});
        return new NetworkCase("twins", graph(graph), data);
    }

    private static NetworkCase sequences() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("encoder", lstm(2), "in")
                .addVertex("last", new LastTimeStepVertex("in"), "encoder")
                .addVertex("duplicate", new DuplicateToTimeSeriesVertex("in"), "last")
                .addVertex("reverse", new ReverseTimeSeriesVertex("in"), "in")
                .addVertex("merge", new MergeVertex(), "duplicate", "reverse")
                .addLayer("decoder", lstm(2), "merge")
                .addLayer("out", rnnOutput(), "decoder")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(2, STEPS));
        return new NetworkCase(
                "encoder and decoder", graph(graph), data(random(1, EXAMPLES, 2, STEPS), stepLabels(STEPS)));
    }

    private static NetworkCase words() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "a",
                        new EmbeddingLayer.Builder()
                                .nIn(3)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer(
                        "b",
                        new EmbeddingLayer.Builder()
                                .nIn(3)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "b")
                .addLayer("out", output(), "product")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3));
        INDArray words = Nd4j.createFromArray(new double[] {0, 2, 2}).reshape(3, 1);
        return new NetworkCase("two embeddings of a word", graph(graph), data(words, labels(EXAMPLES, CLASSES)));
    }

    /** What is frozen gets its input from what learns, by two ways. */
    private static NetworkCase frozen() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("z", dense(3).build(), "in")
                .addLayer("frozen", new FrozenLayer(dense(3).build()), "z")
                .addVertex("add", new FrozenVertex(new ElementWiseVertex(ElementWiseVertex.Op.Add)), "z", "frozen")
                .addLayer("norm", new FrozenLayer(norm().build()), "add")
                .addLayer("out", output(), "norm")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3));
        return new NetworkCase("frozen graph", graph(graph), data(random(1, EXAMPLES, 3), labels(EXAMPLES, CLASSES)));
    }
}
