package io.lossledger.producer.evaluate;

import static io.lossledger.producer.evaluate.KindNetworks.CLASSES;
import static io.lossledger.producer.evaluate.KindNetworks.dense;
import static io.lossledger.producer.evaluate.KindNetworks.graph;
import static io.lossledger.producer.evaluate.KindNetworks.network;
import static io.lossledger.producer.evaluate.KindNetworks.norm;
import static io.lossledger.producer.evaluate.KindNetworks.output;
import static io.lossledger.producer.evaluate.KindNetworks.pointwise;
import static io.lossledger.producer.evaluate.KindNetworks.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lossledger.producer.plan.PlanCompiler;
import io.lossledger.producer.plan.PlanResult;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** A setting that is not known stands in the way of a plan, in a layer that is known. */
class PlanRefusalTest {
    private static final long[] VECTOR = {3};
    private static final long[] IMAGE = {2, 4, 5};

    static Stream<Arguments> layersOfVectors() {
        return Stream.of(
                arguments(dense(4).hasLayerNorm(true).build(), "DenseLayer layer0 has layer norm"),
                arguments(
                        dense(4).activation(Activation.HARDTANH).build(),
                        "DenseLayer layer0 has the activation HardTanH"),
                arguments(
                        dense(4).activation(new ActivationReLU(6.0, null, null)).build(),
                        "DenseLayer layer0 has the activation ReLU with a limit or slope"),
                arguments(
                        dense(4).activation(new ActivationReLU(null, null, 0.0)).build(),
                        "DenseLayer layer0 has the activation ReLU with a limit or slope"),
                arguments(
                        new ActivationLayer(Activation.SOFTMAX), "ActivationLayer layer0 has the activation Softmax"));
    }

    static Stream<Arguments> layersOfImages() {
        return Stream.of(
                arguments(convolution().dilation(2, 2).build(), "ConvolutionLayer layer0 has the dilation [2, 2]"),
                arguments(
                        pool(SubsamplingLayer.PoolingType.MAX).dilation(1, 2).build(),
                        "SubsamplingLayer layer0 has the dilation [1, 2]"),
                arguments(pool(SubsamplingLayer.PoolingType.SUM).build(), "SubsamplingLayer layer0 pools by SUM"),
                arguments(
                        pool(SubsamplingLayer.PoolingType.PNORM).pnorm(2).build(),
                        "SubsamplingLayer layer0 pools by PNORM"),
                arguments(
                        pool(SubsamplingLayer.PoolingType.AVG).padding(2, 0).build(),
                        "SubsamplingLayer layer0 has as much padding as its window"),
                arguments(
                        new GlobalPoolingLayer.Builder(PoolingType.SUM).build(),
                        "GlobalPoolingLayer layer0 pools by SUM"),
                arguments(
                        new GlobalPoolingLayer.Builder(PoolingType.AVG)
                                .collapseDimensions(false)
                                .build(),
                        "GlobalPoolingLayer layer0 keeps the dimensions it pools"));
    }

    static Stream<Arguments> losses() {
        IActivation softmax = new ActivationSoftmax();
        return Stream.of(
                arguments(new LossMCXENT(Nd4j.ones(CLASSES)), softmax, "OutputLayer layer0 weighs its outputs"),
                arguments(new LossMSE(Nd4j.ones(CLASSES)), softmax, "OutputLayer layer0 weighs its outputs"),
                arguments(
                        new LossMCXENT(0, null),
                        softmax,
                        "OutputLayer layer0 does not limit the probabilities in its loss"),
                arguments(
                        new LossMCXENT(),
                        new ActivationHardSigmoid(),
                        "OutputLayer layer0 has the activation HardSigmoid"),
                arguments(new LossMSE(), softmax, "OutputLayer layer0 has the activation Softmax"));
    }

    @ParameterizedTest
    @MethodSource("layersOfVectors")
    void namesTheSettingOfALayerOfVectors(Layer layer, String reason) {
        assertRefused(network(InputType.feedForward(3), layer, output()), VECTOR, reason);
    }

    @ParameterizedTest
    @MethodSource("layersOfImages")
    void namesTheSettingOfALayerOfImages(Layer layer, String reason) {
        assertRefused(network(InputType.convolutional(4, 5, 2), layer, output()), IMAGE, reason);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void namesTheSettingOfALoss(ILossFunction loss, IActivation activation, String reason) {
        Layer output = new OutputLayer.Builder(loss)
                .nOut(CLASSES)
                .activation(activation)
                .build();
        assertRefused(network(InputType.feedForward(3), output), VECTOR, reason);
    }

    @Test
    void requiresMoreThanALoss() {
        Layer loss = new LossLayer.Builder(new LossMCXENT())
                .activation(Activation.SOFTMAX)
                .build();
        assertRefused(network(InputType.feedForward(3), loss), VECTOR, "the network has nothing but a loss");
    }

    @Test
    void requiresChannelsFirst() {
        assertRefused(
                network(InputType.convolutional(4, 5, 2, CNN2DFormat.NHWC), norm().build(), output()),
                new long[] {4, 5, 2},
                "BatchNormalization layer0 has channels last");
    }

    @Test
    void comparesTheFeaturesWithTheLayers() {
        Model vectors = network(InputType.feedForward(3), dense(4).build(), output());
        Model images = network(InputType.convolutional(4, 5, 2), pointwise(3), output());

        assertRefused(vectors, new long[] {4}, "DenseLayer layer0 takes vectors of 4");
        assertRefused(vectors, new long[] {3, 1, 1}, "DenseLayer layer0 takes images of 3 x 1 x 1");
        assertRefused(images, new long[] {40}, "ConvolutionLayer layer0 takes vectors of 40");
        assertRefused(images, new long[] {4, 5, 2}, "ConvolutionLayer layer0 takes images of 4 x 5 x 2");
        assertRefused(
                images,
                new long[] {2, 5, 4},
                "the preprocessor of OutputLayer layer1 makes vectors of 60 of images of 3 x 5 x 4");
    }

    @Test
    void requiresWindowsThatFit() {
        assertRefused(
                network(InputType.convolutional(4, 5, 2), convolution().build(), output()),
                new long[] {2, 1, 5},
                "ConvolutionLayer layer0 does not fit into 1 rows or columns");
        MultiLayerNetwork strict = network(
                InputType.convolutional(4, 4, 2),
                convolution()
                        .stride(2, 2)
                        .convolutionMode(ConvolutionMode.Strict)
                        .build(),
                output());
        assertRefused(strict, IMAGE, "ConvolutionLayer layer0 does not fit into 5 rows or columns");
    }

    @Test
    void namesAPreprocessorThatMovesNumbers() {
        var list = settings().list();
        list.layer(convolution().dataFormat(CNN2DFormat.NCHW).build());
        list.layer(output());
        list.setInputType(InputType.convolutional(4, 5, 2));
        list.inputPreProcessor(1, new CnnToFeedForwardPreProcessor(3, 4, 3, CNN2DFormat.NHWC));
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();

        assertRefused(network, IMAGE, "CnnToFeedForwardPreProcessor before OutputLayer layer1 is unknown");
    }

    @Test
    void namesAVertexThatIsNotAPlainSum() {
        ElementWiseVertex product = new ElementWiseVertex(ElementWiseVertex.Op.Product);
        ElementWiseVertex sum = new ElementWiseVertex(ElementWiseVertex.Op.Add);

        assertRefused(graph(combined(product, 4)), VECTOR, "ElementWiseVertex c is not a sum: Product");
        assertRefused(graph(combined(sum, 1)), VECTOR, "ElementWiseVertex c adds vectors of 4 and vectors of 1");
    }

    @Test
    void namesAVertexThatLeadsNowhere() {
        GraphBuilder graph = combined(new ElementWiseVertex(ElementWiseVertex.Op.Add), 4)
                .addLayer("aside", dense(4).build(), "b")
                .allowDisconnected(true);
        assertRefused(graph(graph), VECTOR, "vertex aside does not lead to the output");
    }

    private static GraphBuilder combined(ElementWiseVertex vertex, int neurons) {
        return settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", dense(4).build(), "in")
                .addLayer("b", dense(neurons).build(), "a")
                .addVertex("c", vertex, "a", "b")
                .addLayer("out", output(), "c")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3));
    }

    private static ConvolutionLayer.Builder convolution() {
        return new ConvolutionLayer.Builder(2, 2).nOut(3).activation(Activation.TANH);
    }

    private static SubsamplingLayer.Builder pool(SubsamplingLayer.PoolingType type) {
        return new SubsamplingLayer.Builder(type).kernelSize(2, 2).stride(1, 1);
    }

    private static void assertRefused(Model network, long[] example, String reason) {
        assertThat(PlanCompiler.compile(network, example)).isEqualTo(new PlanResult.Refused(reason));
    }
}
