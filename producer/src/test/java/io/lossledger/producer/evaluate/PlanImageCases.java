package io.lossledger.producer.evaluate;

import static io.lossledger.producer.evaluate.KindNetworks.CLASSES;
import static io.lossledger.producer.evaluate.KindNetworks.EXAMPLES;
import static io.lossledger.producer.evaluate.KindNetworks.data;
import static io.lossledger.producer.evaluate.KindNetworks.dense;
import static io.lossledger.producer.evaluate.KindNetworks.global;
import static io.lossledger.producer.evaluate.KindNetworks.graph;
import static io.lossledger.producer.evaluate.KindNetworks.labels;
import static io.lossledger.producer.evaluate.KindNetworks.layers;
import static io.lossledger.producer.evaluate.KindNetworks.network;
import static io.lossledger.producer.evaluate.KindNetworks.norm;
import static io.lossledger.producer.evaluate.KindNetworks.output;
import static io.lossledger.producer.evaluate.KindNetworks.pointwise;
import static io.lossledger.producer.evaluate.KindNetworks.random;
import static io.lossledger.producer.evaluate.KindNetworks.settings;

import io.lossledger.producer.layout.LayerKind;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/** Networks of images and graphs, beyond their windows. */
final class PlanImageCases {
    private static final InputType IMAGES = InputType.convolutional(4, 5, 2);

    private PlanImageCases() {}

    static List<NetworkCase> all() {
        return List.of(
                flat("flat images", small(3), small(2), output()),
                flat("norm of flat images", norm().build(), small(2), output()),
                flat("dense on flat images", dense(4).build(), output()),
                layers(
                        "pools",
                        IMAGES,
                        small(3),
                        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}).build(),
                        small(2),
                        global(PoolingType.AVG),
                        output()),
                layers("norm, activation", IMAGES, small(3), norm().build(), relu(), global(PoolingType.MAX), output()),
                locked(1.5, 0.5),
                locked(1, 0.5),
                locked(1.5, 0),
                composed(),
                ties(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 3)
                        .stride(1, 2)
                        .build()),
                ties(global(PoolingType.MAX)),
                tiesOfSmallWindows(),
                shortcut(),
                sums());
    }

    private static NetworkCase flat(String name, Layer... layers) {
        MultiLayerNetwork network = network(InputType.convolutionalFlat(5, 4, 2), layers);
        return new NetworkCase(name, network, data(random(1, EXAMPLES, 40), labels(EXAMPLES, CLASSES)));
    }

    private static NetworkCase locked(double gamma, double beta) {
        return layers(
                "norm locked at " + gamma + " and " + beta,
                IMAGES,
                small(3),
                norm().lockGammaBeta(true).gamma(gamma).beta(beta).build(),
                output());
    }

    private static NetworkCase composed() {
        var list = settings().list();
        list.layer(pointwise(3));
        list.layer(small(2));
        list.layer(output());
        list.setInputType(IMAGES);
        list.inputPreProcessor(
                1,
                new ComposableInputPreProcessor(
                        new CnnToFeedForwardPreProcessor(4, 5, 3), new FeedForwardToCnnPreProcessor(5, 4, 3)));
        list.inputPreProcessor(2, new CnnToFeedForwardPreProcessor(5, 4, 2));
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return new NetworkCase(
                "composed preprocessors", network, data(random(1, EXAMPLES, 2, 4, 5), labels(EXAMPLES, CLASSES)));
    }

    /** Equal values made of different inputs: it matters which of them the gradient takes. */
    private static NetworkCase ties(Layer pool) {
        MultiLayerNetwork network = network(IMAGES, linear(1, 1), pool, output());
        network.getLayer(0).getParam("W").assign(0.5);
        return new NetworkCase("ties in " + LayerKind.of(pool), network, tied());
    }

    /** Pools whose input DL4J does not hold in row order: the output of a convolution. */
    private static NetworkCase tiesOfSmallWindows() {
        MultiLayerNetwork network = network(IMAGES, linear(2, 2), relu(), global(PoolingType.MAX), output());
        network.getLayer(0).getParam("W").assign(0.5);
        return new NetworkCase("ties of rectified sums", network, tied());
    }

    private static MultiDataSet tied() {
        INDArray features = random(1, EXAMPLES, 2, 4, 5).gt(0).castTo(DataType.DOUBLE);
        return data(features, labels(EXAMPLES, CLASSES));
    }

    /** A residual block that halves its images. */
    private static NetworkCase shortcut() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("stem", small(2), "in")
                .addLayer("a", strided(3, 3), "stem")
                .addLayer("norm", norm().build(), "a")
                .addLayer("rectified", relu(), "norm")
                .addLayer("b", small(3), "rectified")
                .addLayer("shortcut", strided(1, 3), "stem")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "shortcut", "b")
                .addLayer("pool", global(PoolingType.AVG), "add")
                .addLayer("out", output(), "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutionalFlat(5, 7, 2));
        return new NetworkCase("shortcut", graph(graph), data(random(1, EXAMPLES, 70), labels(EXAMPLES, CLASSES)));
    }

    /** Sums of three, of the input and of one alone; a vertex that reads vectors as images and back. */
    private static NetworkCase sums() {
        var graph = settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", dense(12).build(), "in")
                .addLayer("b", dense(12).build(), "a")
                .addVertex("three", new ElementWiseVertex(ElementWiseVertex.Op.Add), "in", "b", "a")
                .addVertex("images", new PreprocessorVertex(new FeedForwardToCnnPreProcessor(3, 2, 2)), "three")
                .addLayer("c", small(2), "images")
                .addVertex("one", new ElementWiseVertex(ElementWiseVertex.Op.Add), "c")
                .addVertex("vectors", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(3, 2, 2)), "one")
                .addLayer("d", dense(12).build(), "vectors")
                .addVertex("two", new ElementWiseVertex(ElementWiseVertex.Op.Add), "d", "three")
                .addLayer("out", output(), "two")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(12));
        return new NetworkCase("sums", graph(graph), data(random(1, EXAMPLES, 12), labels(EXAMPLES, CLASSES)));
    }

    private static ConvolutionLayer small(int channels) {
        return new ConvolutionLayer.Builder(2, 3)
                .nOut(channels)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.TANH)
                .build();
    }

    private static ConvolutionLayer strided(int kernel, int channels) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .stride(2, 2)
                .nOut(channels)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static ConvolutionLayer linear(int kernel, int channels) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(channels)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static Layer relu() {
        return new ActivationLayer(Activation.RELU);
    }
}
