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
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Ways of training beyond the choice of classes. */
final class TrainingRecipes {
    private static final int BEYOND_64 = 70;

    private TrainingRecipes() {}

    static List<Recipe> all() {
        List<Recipe> recipes = new ArrayList<>(List.of(
                truncated(),
                layers(DenseLayer.class, "optimizers of their own", ROWS, v -> new Layer[] {
                    learning(4, new Sgd(0.1)), learning(4, new RmsProp(0.01)), learning(4, new NoOp()), output()
                }),
                layers(DenseLayer.class, "bias learns faster", ROWS, v -> new Layer[] {
                    new DenseLayer.Builder()
                            .nOut(4)
                            .biasUpdater(new Nesterovs(0.2, 0.5))
                            .build(),
                    output()
                }),
                weighted("MCXENT", v -> new LossMCXENT(Nd4j.createFromArray(1.0f, 2.0f, 0.5f)), Activation.SOFTMAX),
                weighted("MSE", v -> new LossMSE(Nd4j.createFromArray(1.0f, 2.0f, 0.5f)), Activation.TANH),
                weighted("XENT", v -> new LossBinaryXENT(Nd4j.createFromArray(1.0f, 2.0f, 0.5f)), Activation.SIGMOID),
                layers(OutputLayer.class, "label rows that do not sum to one", ROWS, unevenLabels(), v -> new Layer[] {
                    dense(4), output()
                }),
                layers(BatchNormalization.class, "locked", ROWS, v -> new Layer[] {
                    dense(4), new BatchNormalization.Builder().lockGammaBeta(true).build(), output()
                }),
                layers(BatchNormalization.class, "plain variance", IMAGES, v -> new Layer[] {
                    convolution(3), new BatchNormalization.Builder().useLogStd(false).build(), pool(), output()
                }),
                layers(PReLULayer.class, "more than 64 examples", ROWS, v -> new Layer[] {
                            dense(4), RowRecipes.prelu(4), output()
                        })
                        .examples(BEYOND_64),
                channelsLast(),
                stepsFirst(),
                settings("clipped gradients", s -> s.gradientNormalization(
                                GradientNormalization.ClipElementWiseAbsoluteValue)
                        .gradientNormalizationThreshold(0.01)),
                settings("gradients of unit norm", s -> s.gradientNormalization(
                        GradientNormalization.RenormalizeL2PerLayer)),
                NoiseRecipes.rows(
                        DenseLayer.class, "sum of the batch", (v, s) -> s.miniBatch(v.plain())), // the ledger books the mean
                settings("ascending", s -> s.minimize(false)),
                settings("no workspaces", s -> s.trainingWorkspaceMode(WorkspaceMode.NONE)
                        .inferenceWorkspaceMode(WorkspaceMode.NONE)),
                settings("cache", s -> s.cacheMode(CacheMode.DEVICE)),
                settings("AdaMax, L2 on biases", s -> s.updater(new AdaMax(0.01)).l2Bias(0))));
        for (OptimizationAlgorithm algorithm : OptimizationAlgorithm.values()) {
            recipes.add(settings(algorithm.toString(), s -> s.optimizationAlgo(algorithm)));
        }
        return recipes;
    }

    private static Recipe settings(String detail, UnaryOperator<NeuralNetConfiguration.Builder> settings) {
        return NoiseRecipes.rows(DenseLayer.class, detail, settings);
    }

    private static Layer learning(int neurons, IUpdater updater) {
        return new DenseLayer.Builder()
                .nOut(neurons)
                .activation(Activation.TANH)
                .updater(updater)
                .build();
    }

    /** Two optimizer steps for each batch. */
    private static Recipe truncated() {
        return new Recipe(
                LSTM.class,
                "truncated backpropagation",
                STEP_CLASSES,
                v -> new MultiLayerNetwork(v.settings()
                        .list()
                        .layer(lstm(3, v))
                        .layer(rnnOutput())
                        .backpropType(BackpropType.TruncatedBPTT)
                        .tBPTTLength(Examples.STEPS / 2)
                        .setInputType(SEQUENCES)
                        .build()));
    }

    private interface Loss {
        ILossFunction of(Variant variant);
    }

    private static Recipe weighted(String name, Loss loss, Activation activation) {
        return layers(OutputLayer.class, "weighted " + name, ROWS, v -> new Layer[] {
            dense(4),
            new OutputLayer.Builder(loss.of(v))
                    .nOut(Examples.CLASSES)
                    .activation(activation)
                    .build()
        });
    }

    private static Examples unevenLabels() {
        Examples.Values classes = Examples.classes();
        return Examples.of(Examples.normal(5), (count, seed) -> {
            var labels = classes.make(count, seed);
            labels.getRow(0).assign(0);
            labels.getRow(1).muli(2.5);
            return labels;
        });
    }

    /** Without dropout, whose backward pass DL4J has in the other format alone. */
    private static Recipe channelsLast() {
        return new Recipe(
                ConvolutionLayer.class,
                "channels last",
                Examples.of(Examples.normal(4, 4, 2), Examples.classes()),
                v -> Variant.layers(
                        v.bare(),
                        InputType.convolutional(4, 4, 2, CNN2DFormat.NHWC),
                        new ConvolutionLayer.Builder(2, 2)
                                .nOut(3)
                                .dataFormat(CNN2DFormat.NHWC)
                                .activation(Activation.TANH)
                                .build(),
                        new BatchNormalization.Builder()
                                .dataFormat(CNN2DFormat.NHWC)
                                .build(),
                        pool(),
                        output()));
    }

    private static Recipe stepsFirst() {
        InputType input = InputType.recurrent(2, Examples.STEPS, RNNFormat.NWC);
        Examples.Values classes = Examples.oneHot(Examples.CLASSES, Examples.STEPS);
        return layers(
                RnnOutputLayer.class,
                "channels last",
                input,
                Examples.of(
                        Examples.normal(Examples.STEPS, 2),
                        (count, seed) ->
                                classes.make(count, seed).permute(0, 2, 1).dup('c')),
                v -> new Layer[] {
                    new LSTM.Builder().nOut(3).dataFormat(RNNFormat.NWC).build(),
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                            .nOut(Examples.CLASSES)
                            .dataFormat(RNNFormat.NWC)
                            .activation(Activation.SOFTMAX)
                            .build()
                });
    }
}
