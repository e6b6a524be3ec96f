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
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers that take sequences. */
@SuppressWarnings("deprecation") // Graves LSTMs
final class SequenceRecipes {
    private SequenceRecipes() {}

    static List<Recipe> all() {
        return List.of(
                sequence(LSTM.class, lstm(3)),
                sequence(GravesLSTM.class, new GravesLSTM.Builder().nOut(3).build()),
                sequence(
                        GravesBidirectionalLSTM.class,
                        new GravesBidirectionalLSTM.Builder().nOut(2).build()),
                sequence(SimpleRnn.class, rnn(4)),
                layers(SimpleRnn.class, "layer norm", SEQUENCES, STEP_CLASSES, v -> new Layer[] {
                            new SimpleRnn.Builder().nOut(4).hasLayerNorm(true).build(), rnnOutput()
                        })
                        .expect(Expectation.broken(IllegalStateException.class, "Indices are out of range")),
                layers(RnnOutputLayer.class, "", SEQUENCES, STEP_CLASSES, v -> new Layer[] {rnnOutput()}),
                layers(RnnLossLayer.class, "", SEQUENCES, STEP_CLASSES, v -> new Layer[] {
                    rnn(Examples.CLASSES),
                    new RnnLossLayer.Builder(LossFunction.MCXENT)
                            .activation(Activation.SOFTMAX)
                            .build()
                }),
                sequence(
                        Convolution1DLayer.class,
                        new Convolution1DLayer.Builder(2)
                                .nOut(3)
                                .convolutionMode(ConvolutionMode.Same)
                                .activation(Activation.TANH)
                                .build()),
                layers(Convolution1D.class, "", SEQUENCES, ONE_CLASS, v ->
                        new Layer[] {convolution1d(), pool(), output()}),
                pooled(Subsampling1DLayer.class, pooling()),
                layers(Pooling1D.class, "", SEQUENCES, ONE_CLASS, v ->
                        new Layer[] {lstm(3), pooling1d(), pool(), output()}),
                pooled(Upsampling1D.class, new Upsampling1D.Builder(2)),
                pooled(ZeroPadding1DLayer.class, new ZeroPadding1DLayer.Builder(1)),
                pooled(Cropping1D.class, new Cropping1D.Builder(1)),
                layers(MaskLayer.class, "", SEQUENCES, STEP_CLASSES, v ->
                        new Layer[] {lstm(3), new MaskLayer(), rnnOutput()}),
                words());
    }

    private static Recipe sequence(Class<?> of, Layer layer) {
        return layers(of, "", SEQUENCES, STEP_CLASSES, v -> new Layer[] {layer.clone(), rnnOutput()});
    }

    private static Recipe pooled(Class<?> of, Layer.Builder<?> layer) {
        return layers(of, "", SEQUENCES, ONE_CLASS, v -> new Layer[] {lstm(3), layer.build(), pool(), output()});
    }

    private static Recipe words() {
        return new Recipe(
                EmbeddingSequenceLayer.class,
                "",
                Examples.of(Examples.indices(4, Examples.STEPS), Examples.oneHot(Examples.CLASSES, Examples.STEPS)),
                v -> Variant.layers(
                        v.bare().l2(v.l2()),
                        InputType.recurrent(4, Examples.STEPS),
                        new EmbeddingSequenceLayer.Builder()
                                .nIn(4)
                                .nOut(2)
                                .hasBias(true)
                                .inputLength(Examples.STEPS)
                                .activation(Activation.TANH)
                                .build(),
                        lstm(3, v),
                        rnnOutput()));
    }

    private static Subsampling1DLayer.Builder pooling() {
        return new Subsampling1DLayer.Builder(PoolingType.MAX).kernelSize(2).stride(2);
    }

    /** Has no builder of its own. */
    private static Layer convolution1d() {
        Convolution1D layer = new Convolution1D();
        layer.setNOut(3);
        layer.setKernelSize(new int[] {2, 1});
        layer.setStride(new int[] {1, 1});
        layer.setPadding(new int[] {0, 0});
        layer.setConvolutionMode(ConvolutionMode.Same);
        return layer;
    }

    private static Layer pooling1d() {
        Pooling1D layer = new Pooling1D();
        layer.setPoolingType(PoolingType.MAX);
        layer.setKernelSize(new int[] {2, 1});
        layer.setStride(new int[] {2, 1});
        layer.setPadding(new int[] {0, 0});
        layer.setConvolutionMode(ConvolutionMode.Truncate);
        return layer;
    }
}
