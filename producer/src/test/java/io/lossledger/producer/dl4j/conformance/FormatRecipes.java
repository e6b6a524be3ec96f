package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.convolution;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.pool;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Channels last, and layers where DL4J makes mistakes of its own. */
final class FormatRecipes {
    private static final InputType STEPS_FIRST = InputType.recurrent(2, Examples.STEPS, RNNFormat.NWC);
    private static final InputType CHANNELS_LAST = InputType.convolutional(4, 4, 2, CNN2DFormat.NHWC);
    private static final Examples.Values STEPS = Examples.normal(Examples.STEPS, 2);
    private static final Examples.Values IMAGES = Examples.normal(4, 4, 2);

    private FormatRecipes() {}

    static List<Recipe> all() {
        return List.of(
                images(),
                bare(
                                CnnLossLayer.class,
                                "channels last",
                                CHANNELS_LAST,
                                Examples.of(IMAGES, Examples.fractions(3, 3, 2)),
                                () -> new Layer[] {
                                    channelsLast(2),
                                    new CnnLossLayer.Builder(LossFunction.XENT)
                                            .format(CNN2DFormat.NHWC)
                                            .activation(Activation.SIGMOID)
                                            .build()
                                })
                        .expect(Expectation.refused(
                                "loss must have the data format NCHW", "DL4J computes its score wrongly")),
                bare(
                        RnnOutputLayer.class,
                        "channels last",
                        STEPS_FIRST,
                        Examples.of(STEPS, stepClasses()),
                        () -> new Layer[] {
                            new LSTM.Builder().nOut(3).dataFormat(RNNFormat.NWC).build(), outputLast()
                        }),
                bare(
                                RnnLossLayer.class,
                                "channels last",
                                STEPS_FIRST,
                                Examples.of(STEPS, stepClasses()),
                                () -> new Layer[] {
                                    new SimpleRnn.Builder()
                                            .nOut(Examples.CLASSES)
                                            .dataFormat(RNNFormat.NWC)
                                            .build(),
                                    lossLast()
                                })
                        .expect(Expectation.broken(
                                IllegalArgumentException.class, "Labels and preOutput must have equal shapes")),
                bare(
                                Convolution1DLayer.class,
                                "channels last",
                                STEPS_FIRST,
                                Examples.of(STEPS, stepClasses()),
                                () -> new Layer[] {
                                    new Convolution1DLayer.Builder(1)
                                            .nOut(3)
                                            .rnnDataFormat(RNNFormat.NWC)
                                            .convolutionMode(ConvolutionMode.Same)
                                            .activation(Activation.TANH)
                                            .build(),
                                    outputLast()
                                })
                        .expect(Expectation.broken(RuntimeException.class, "Op [conv1d_bp] execution failed")),
                bare(PReLULayer.class, "in a wrapper", ROWS, Examples.classified(ROWS), () ->
                                new Layer[] {dense(4), new FrozenLayerWithBackprop(RowRecipes.prelu(4)), output()})
                        .expect(Expectation.refused(
                                "must have no PReLU layer inside another",
                                "DL4J writes its output over its input in test mode")),
                layers(PReLULayer.class, "of images", Parts.IMAGES, v ->
                        new Layer[] {convolution(3), RowRecipes.prelu(3, 4, 4), output()}));
    }

    /** Without dropout, whose backward pass DL4J has for channels first alone. */
    private static Recipe bare(
            Class<?> of, String detail, InputType input, Examples examples, Supplier<Layer[]> layers) {
        return new Recipe(of, detail, examples, v -> Variant.layers(v.bare(), input, layers.get()));
    }

    private static Recipe images() {
        return bare(
                ConvolutionLayer.class,
                "channels last",
                CHANNELS_LAST,
                Examples.of(IMAGES, Examples.classes()),
                () -> new Layer[] {
                    channelsLast(3),
                    new BatchNormalization.Builder()
                            .dataFormat(CNN2DFormat.NHWC)
                            .build(),
                    pool(),
                    output()
                });
    }

    private static Layer channelsLast(int channels) {
        return new ConvolutionLayer.Builder(2, 2)
                .nOut(channels)
                .dataFormat(CNN2DFormat.NHWC)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer outputLast() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(Examples.CLASSES)
                .dataFormat(RNNFormat.NWC)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Layer lossLast() {
        RnnLossLayer loss = new RnnLossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
        loss.setRnnDataFormat(RNNFormat.NWC);
        return loss;
    }

    private static Examples.Values stepClasses() {
        Examples.Values classes = Examples.oneHot(Examples.CLASSES, Examples.STEPS);
        return (count, seed) -> classes.make(count, seed).permute(0, 2, 1).dup('c');
    }
}
