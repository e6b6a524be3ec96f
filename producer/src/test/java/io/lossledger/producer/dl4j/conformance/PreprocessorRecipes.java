package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.IMAGES;
import static io.lossledger.producer.dl4j.conformance.Parts.SEQUENCES;
import static io.lossledger.producer.dl4j.conformance.Parts.STEP_CLASSES;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.pool;
import static io.lossledger.producer.dl4j.conformance.Parts.rnn;
import static io.lossledger.producer.dl4j.conformance.Parts.rnnOutput;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.preprocessors.KerasFlattenRnnPreprocessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What stands between layers of different kinds of input. */
final class PreprocessorRecipes {
    private PreprocessorRecipes() {}

    static List<Recipe> all() {
        Examples rows = Examples.of(Examples.normal(16), Examples.classes());
        Examples film =
                Examples.of(Examples.normal(18, Examples.STEPS), Examples.oneHot(Examples.CLASSES, Examples.STEPS));
        return List.of(
                layers(CnnToFeedForwardPreProcessor.class, "", IMAGES, v ->
                        new Layer[] {Parts.convolution(2), dense(4), Parts.output()}),
                layers(FeedForwardToCnnPreProcessor.class, "", InputType.convolutionalFlat(4, 4, 2), v ->
                        new Layer[] {Parts.convolution(2), Parts.output()}),
                layers(RnnToFeedForwardPreProcessor.class, "", SEQUENCES, STEP_CLASSES, v ->
                        new Layer[] {dense(4), rnn(3), rnnOutput()}),
                layers(FeedForwardToRnnPreProcessor.class, "", SEQUENCES, STEP_CLASSES, v ->
                        new Layer[] {dense(4), dense(4), rnnOutput()}),
                new Recipe(
                        Cnn3DToFeedForwardPreProcessor.class,
                        "",
                        Examples.of(Examples.normal(2, 3, 3, 3), Examples.classes()),
                        v -> placed(
                                v,
                                Map.of(1, new Cnn3DToFeedForwardPreProcessor(2, 2, 2, 3, true)),
                                volumes(),
                                output(24))),
                new Recipe(
                        FeedForwardToCnn3DPreProcessor.class,
                        "",
                        rows,
                        v -> placed(
                                v,
                                Map.of(0, new FeedForwardToCnn3DPreProcessor(2, 2, 2, 2, true)),
                                volumes(),
                                pool(),
                                output(3))),
                new Recipe(CnnToRnnPreProcessor.class, "", film, PreprocessorRecipes::film),
                new Recipe(RnnToCnnPreProcessor.class, "", film, PreprocessorRecipes::film),
                new Recipe(
                        ComposableInputPreProcessor.class,
                        "",
                        rows,
                        v -> placed(
                                v,
                                Map.of(
                                        0,
                                        new ComposableInputPreProcessor(
                                                new FeedForwardToCnnPreProcessor(4, 4, 1),
                                                new CnnToFeedForwardPreProcessor(4, 4, 1))),
                                wide(16),
                                output(4))),
                new Recipe(
                        ReshapePreprocessor.class,
                        "",
                        rows,
                        v -> placed(
                                v,
                                Map.of(0, new ReshapePreprocessor(new long[] {16}, new long[] {1, 4, 4}, false)),
                                images(),
                                pool(),
                                output(2))),
                new Recipe(
                        PermutePreprocessor.class,
                        "",
                        Parts.ONE_CLASS,
                        v -> placed(
                                v, Map.of(0, new PermutePreprocessor(2, 1)), lstm(Examples.STEPS), pool(), output(3))),
                new Recipe(
                        KerasFlattenRnnPreprocessor.class,
                        "",
                        Parts.ONE_CLASS,
                        v -> placed(
                                v,
                                Map.of(0, new KerasFlattenRnnPreprocessor(2, Examples.STEPS)),
                                wide(2 * Examples.STEPS),
                                output(4))));
    }

    /** Preprocessors put before layers by hand, where DL4J would put none. */
    private static MultiLayerNetwork placed(
            Variant variant, Map<Integer, InputPreProcessor> preprocessors, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = variant.settings().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        preprocessors.forEach(list::inputPreProcessor);
        return new MultiLayerNetwork(list.build());
    }

    /** Sequences whose steps are images. */
    private static MultiLayerNetwork film(Variant variant) {
        return placed(
                variant,
                Map.of(
                        0, new RnnToCnnPreProcessor(3, 3, 2, RNNFormat.NCW),
                        1, new CnnToRnnPreProcessor(2, 2, 2, RNNFormat.NCW)),
                new ConvolutionLayer.Builder(2, 2)
                        .nIn(2)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build(),
                lstm(8),
                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(Examples.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    private static Layer wide(int inputs) {
        return new DenseLayer.Builder()
                .nIn(inputs)
                .nOut(4)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer output(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(Examples.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Layer lstm(int inputs) {
        return new LSTM.Builder().nIn(inputs).nOut(3).build();
    }

    private static Layer images() {
        return new ConvolutionLayer.Builder(2, 2)
                .nIn(1)
                .nOut(2)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer volumes() {
        return new Convolution3D.Builder(2, 2, 2)
                .nIn(2)
                .nOut(3)
                .dataFormat(Convolution3D.DataFormat.NCDHW)
                .activation(Activation.TANH)
                .build();
    }
}
