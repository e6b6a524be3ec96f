package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.convolution;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers that take rows of numbers. */
final class RowRecipes {
    private RowRecipes() {}

    static List<Recipe> all() {
        return List.of(
                layers(DenseLayer.class, "", ROWS, v -> new Layer[] {dense(6), output()}),
                layers(DenseLayer.class, "layer norm", ROWS, v -> new Layer[] {
                    new DenseLayer.Builder()
                            .nOut(6)
                            .hasLayerNorm(true)
                            .activation(Activation.TANH)
                            .build(),
                    output()
                }),
                layers(OutputLayer.class, "", ROWS, v -> new Layer[] {output()}),
                layers(ActivationLayer.class, "", ROWS, v ->
                        new Layer[] {dense(6), new ActivationLayer(Activation.SOFTPLUS), output()}),
                layers(DropoutLayer.class, "", ROWS, v -> new Layer[] {dense(6), dropout(v), output()}),
                layers(DropoutLayer.class, "first", ROWS, v -> new Layer[] {dropout(v), dense(6), output()}),
                layers(LossLayer.class, "", ROWS, v -> new Layer[] {
                    dense(Examples.CLASSES),
                    new LossLayer.Builder(LossFunction.MCXENT)
                            .activation(Activation.SOFTMAX)
                            .build()
                }),
                layers(BatchNormalization.class, "", ROWS, v -> new Layer[] {dense(6), norm(), output()}),
                layers(BatchNormalization.class, "images", Parts.IMAGES, v ->
                        new Layer[] {convolution(3), norm(), output()}),
                layers(ElementWiseMultiplicationLayer.class, "", ROWS, v -> new Layer[] {
                    dense(6),
                    new ElementWiseMultiplicationLayer.Builder()
                            .nIn(6)
                            .nOut(6)
                            .activation(Activation.TANH)
                            .build(),
                    output()
                }),
                layers(PReLULayer.class, "", ROWS, v -> new Layer[] {dense(6), prelu(6), output()}),
                layers(RepeatVector.class, "", ROWS, Examples.of(Examples.normal(5), Examples.oneHot(3, 4)), v ->
                        new Layer[] {dense(6), new RepeatVector.Builder<>(4).build(), Parts.rnn(4), Parts.rnnOutput()}),
                embedding(),
                layers(AutoEncoder.class, "supervised", ROWS, v -> new Layer[] {
                    new AutoEncoder.Builder()
                            .nOut(6)
                            .activation(Activation.TANH)
                            .build(),
                    output()
                }),
                layers(VariationalAutoencoder.class, "supervised", ROWS, v -> new Layer[] {
                    new VariationalAutoencoder.Builder()
                            .nOut(4)
                            .encoderLayerSizes(5)
                            .decoderLayerSizes(5)
                            .activation(Activation.TANH)
                            .build(),
                    output()
                }),
                layers(CenterLossOutputLayer.class, "", ROWS, v -> new Layer[] {
                            dense(6),
                            new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(Examples.CLASSES)
                                    .activation(Activation.SOFTMAX)
                                    .build()
                        })
                        .expect(Expectation.refused(
                                "loss must be the plain mean over examples", "its loss is not a mean over examples")),
                oneClass());
    }

    /** Has a window over the examples of a whole training. */
    private static Recipe oneClass() {
        return new Recipe(
                        OCNNOutputLayer.class,
                        "",
                        Examples.of(Examples.normal(5), Examples.fractions(1)),
                        v -> Variant.layers(
                                v.bare(),
                                ROWS,
                                dense(6),
                                new OCNNOutputLayer.Builder()
                                        .nu(0.1)
                                        .windowSize(12)
                                        .hiddenLayerSize(4)
                                        .activation(Activation.SIGMOID)
                                        .build()))
                .expect(Expectation.refused(
                        "loss must be the plain mean over examples", "its loss is not a mean over examples"));
    }

    private static Recipe embedding() {
        return new Recipe(
                EmbeddingLayer.class,
                "",
                Examples.of(Examples.indices(4, 1), Examples.classes()),
                v -> Variant.layers(
                        v.bare().l2(v.l2()),
                        InputType.feedForward(4),
                        new EmbeddingLayer.Builder()
                                .nIn(4)
                                .nOut(5)
                                .hasBias(true)
                                .activation(Activation.TANH)
                                .build(),
                        output()));
    }

    static BatchNormalization norm() {
        return new BatchNormalization.Builder().build();
    }

    static PReLULayer prelu(long... shape) {
        return new PReLULayer.Builder().inputShape(shape).build();
    }

    private static Layer dropout(Variant variant) {
        return variant.plain() ? new ActivationLayer(Activation.IDENTITY) : new DropoutLayer(0.5);
    }
}
