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
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

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
                layers(BatchNormalization.class, "locked", ROWS, v -> new Layer[] {
                    dense(4),
                    new BatchNormalization.Builder().lockGammaBeta(true).build(),
                    output()
                }),
                layers(BatchNormalization.class, "plain variance", IMAGES, v -> new Layer[] {
                    convolution(3),
                    new BatchNormalization.Builder().useLogStd(false).build(),
                    pool(),
                    output()
                }),
                layers(PReLULayer.class, "more than 64 examples", ROWS, v ->
                                new Layer[] {dense(4), RowRecipes.prelu(4), output()})
                        .examples(BEYOND_64),
                settings(
                        "clipped gradients",
                        s -> s.gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                                .gradientNormalizationThreshold(0.01)),
                settings(
                        "gradients of unit norm",
                        s -> s.gradientNormalization(GradientNormalization.RenormalizeL2PerLayer)),
                NoiseRecipes.rows(
                        DenseLayer.class,
                        "sum of the batch",
                        (v, s) -> s.miniBatch(v.plain())), // the ledger books the mean
                typed(DataType.DOUBLE),
                typed(DataType.FLOAT16),
                settings("ascending", s -> s.minimize(false)),
                settings(
                        "no workspaces",
                        s -> s.trainingWorkspaceMode(WorkspaceMode.NONE).inferenceWorkspaceMode(WorkspaceMode.NONE)),
                settings("cache", s -> s.cacheMode(CacheMode.DEVICE)),
                settings(
                        "AdaMax, L2 on biases", s -> s.updater(new AdaMax(0.01)).l2Bias(0))));
        for (OptimizationAlgorithm algorithm : OptimizationAlgorithm.values()) {
            recipes.add(settings(algorithm.toString(), s -> s.optimizationAlgo(algorithm)));
        }
        return recipes;
    }

    private static Recipe settings(String detail, UnaryOperator<NeuralNetConfiguration.Builder> settings) {
        return NoiseRecipes.rows(DenseLayer.class, detail, settings);
    }

    /** With plain gradient descent, which half precision can do. */
    private static Recipe typed(DataType type) {
        return NoiseRecipes.rows(
                DenseLayer.class,
                "in " + type,
                (v, s) -> v.plain() ? s : s.dataType(type).updater(new Sgd(0.1)));
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
}
