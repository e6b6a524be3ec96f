package io.lossledger.producer.evaluate;

import static io.lossledger.producer.evaluate.KindNetworks.CLASSES;
import static io.lossledger.producer.evaluate.KindNetworks.EXAMPLES;
import static io.lossledger.producer.evaluate.KindNetworks.data;
import static io.lossledger.producer.evaluate.KindNetworks.global;
import static io.lossledger.producer.evaluate.KindNetworks.labels;
import static io.lossledger.producer.evaluate.KindNetworks.layers;
import static io.lossledger.producer.evaluate.KindNetworks.network;
import static io.lossledger.producer.evaluate.KindNetworks.norm;
import static io.lossledger.producer.evaluate.KindNetworks.output;
import static io.lossledger.producer.evaluate.KindNetworks.pointwise;
import static io.lossledger.producer.evaluate.KindNetworks.prelu;
import static io.lossledger.producer.evaluate.KindNetworks.random;

import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small float64 networks for the kinds of layers that take images or volumes, with data for them. */
final class KindImages {
    private KindImages() {}

    static List<NetworkCase> all() {
        InputType input = InputType.convolutional(4, 4, 2);
        ConvolutionLayer.Builder same = new ConvolutionLayer.Builder(3, 3);
        same.nOut(3).convolutionMode(ConvolutionMode.Same).activation(Activation.TANH);
        ConvolutionLayer.Builder strided = new ConvolutionLayer.Builder(3, 2);
        strided.nOut(3).stride(2, 1).padding(1, 0).activation(Activation.TANH);
        return List.of(
                layers("convolution, same mode", input, same.build(), output()),
                layers("convolution, strided", input, strided.build(), output()),
                layers("convolution 1x1", input, pointwise(3), output()),
                layers(
                        "convolution without bias",
                        input,
                        new ConvolutionLayer.Builder(2, 2)
                                .nOut(3)
                                .hasBias(false)
                                .activation(Activation.TANH)
                                .build(),
                        output()),
                layers(
                        "deconvolution",
                        InputType.convolutional(2, 2, 2),
                        new Deconvolution2D.Builder(2, 2)
                                .nOut(3)
                                .stride(2, 2)
                                .activation(Activation.TANH)
                                .build(),
                        global(PoolingType.AVG),
                        output()),
                layers(
                        "depthwise convolution",
                        input,
                        new DepthwiseConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        global(PoolingType.AVG),
                        output()),
                layers(
                        "separable convolution",
                        input,
                        new SeparableConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        global(PoolingType.AVG),
                        output()),
                layers("max pooling", input, pointwise(3), pooling(SubsamplingLayer.PoolingType.MAX), output()),
                layers("average pooling", input, pointwise(3), pooling(SubsamplingLayer.PoolingType.AVG), output()),
                layers("global max pooling", input, pointwise(3), global(PoolingType.MAX), output()),
                layers("batch norm of images", input, pointwise(3), norm().build(), output()),
                layers(
                        "batch norm with variance",
                        input,
                        pointwise(3),
                        norm().useLogStd(false).build(),
                        output()),
                layers(
                        "batch norm, locked",
                        input,
                        pointwise(3),
                        norm().lockGammaBeta(true).build(),
                        output()),
                layers("prelu of channels", input, prelu(2, 4, 4), global(PoolingType.AVG), output()),
                layers(
                        "local response",
                        input,
                        pointwise(6),
                        new LocalResponseNormalization.Builder().build(),
                        output()),
                layers(
                        "upsampling, padding",
                        input,
                        pointwise(2),
                        new Upsampling2D.Builder(2).build(),
                        new ZeroPaddingLayer.Builder(1, 1).build(),
                        pointwise(3),
                        global(PoolingType.AVG),
                        output()),
                channelsLast(),
                pixels(),
                volumes());
    }

    private static NetworkCase channelsLast() {
        InputType input = InputType.convolutional(4, 4, 2, CNN2DFormat.NHWC);
        MultiLayerNetwork network = network(
                input,
                new ConvolutionLayer.Builder(2, 2)
                        .nOut(3)
                        .dataFormat(CNN2DFormat.NHWC)
                        .activation(Activation.TANH)
                        .build(),
                norm().dataFormat(CNN2DFormat.NHWC).build(),
                global(PoolingType.AVG),
                output());
        return new NetworkCase(
                "images, channels last", network, data(random(1, EXAMPLES, 4, 4, 2), labels(EXAMPLES, CLASSES)));
    }

    private static NetworkCase pixels() {
        MultiLayerNetwork network = network(
                InputType.convolutional(2, 2, 2),
                pointwise(CLASSES),
                new CnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.SIGMOID)
                        .build());
        return new NetworkCase(
                "pixel loss", network, data(random(1, EXAMPLES, 2, 2, 2), random(2, EXAMPLES, CLASSES, 2, 2)));
    }

    private static NetworkCase volumes() {
        Convolution3D convolution = new Convolution3D.Builder(2, 2, 2)
                .nOut(CLASSES)
                .dataFormat(Convolution3D.DataFormat.NCDHW)
                .activation(Activation.TANH)
                .build();
        MultiLayerNetwork network = network(
                InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 3, 3, 2),
                convolution,
                new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                        .lossFunction(LossFunction.MSE)
                        .activation(Activation.SIGMOID)
                        .build());
        return new NetworkCase(
                "convolution 3d",
                network,
                data(random(1, EXAMPLES, 2, 3, 3, 3), random(2, EXAMPLES, CLASSES, 2, 2, 2)));
    }

    private static Layer pooling(SubsamplingLayer.PoolingType type) {
        return new SubsamplingLayer.Builder(type).kernelSize(2, 2).stride(2, 2).build();
    }
}
