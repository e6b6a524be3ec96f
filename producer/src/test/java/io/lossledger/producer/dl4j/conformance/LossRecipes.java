package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/** Losses with weights, other activations and labels than they are meant for. */
final class LossRecipes {
    private LossRecipes() {}

    static List<Recipe> all() {
        Examples.Values classes = Examples.classes();
        Examples.Values fractions = Examples.fractions(Examples.CLASSES);
        List<Recipe> recipes = new ArrayList<>(List.of(
                loss("weighted", LossRecipes::weighted, Activation.SOFTMAX, classes),
                loss("weighted, fractions as labels", LossRecipes::weighted, Activation.SOFTMAX, fractions),
                loss("weighted", () -> new LossMSE(weights()), Activation.TANH, fractions),
                loss("weighted", () -> new LossBinaryXENT(weights()), Activation.SIGMOID, fractions),
                loss("fractions as labels", LossMCXENT::new, Activation.SOFTMAX, fractions),
                loss("rows of zeros as labels", LossMCXENT::new, Activation.SOFTMAX, uneven()),
                loss("fractions as labels", LossNegativeLogLikelihood::new, Activation.SOFTMAX, fractions)));
        for (Activation activation : List.of(Activation.SIGMOID, Activation.SOFTPLUS)) {
            recipes.add(
                    loss("behind " + activation.name().toLowerCase(Locale.ROOT), LossMCXENT::new, activation, classes));
        }
        recipes.add(loss("behind hard sigmoid", LossBinaryXENT::new, Activation.HARDSIGMOID, fractions));
        recipes.add(loss("behind softmax", LossBinaryXENT::new, Activation.SOFTMAX, fractions)
                .expect(Expectation.refused(
                        "must have the slope of its loss as its gradient",
                        "DL4J computes the gradient of MCXENT there")));
        for (Activation activation : List.of(Activation.SOFTMAX, Activation.RELU, Activation.SWISH)) {
            recipes.add(
                    loss("behind " + activation.name().toLowerCase(Locale.ROOT), LossMSE::new, activation, fractions));
        }
        recipes.add(loss("behind softmax", LossL1::new, Activation.SOFTMAX, fractions));
        recipes.add(loss("behind sigmoid", LossKLD::new, Activation.SIGMOID, fractions));
        return recipes;
    }

    private static Recipe loss(
            String detail, Supplier<ILossFunction> loss, Activation activation, Examples.Values labels) {
        return new Recipe(loss.get().getClass(), detail, Examples.of(Examples.normal(5), labels), v -> {
            Layer output = new OutputLayer.Builder(loss.get())
                    .nOut(Examples.CLASSES)
                    .activation(activation)
                    .build();
            return new MultiLayerNetwork(v.settings()
                    .list()
                    .layer(dense(4))
                    .layer(output)
                    .setInputType(ROWS)
                    .validateOutputLayerConfig(false) // DL4J advises against some of them
                    .build());
        });
    }

    private static ILossFunction weighted() {
        return new LossMCXENT(weights());
    }

    private static INDArray weights() {
        return Nd4j.createFromArray(1.0f, 2.0f, 0.5f);
    }

    /** The first example belongs to no class, the second more than once. */
    private static Examples.Values uneven() {
        Examples.Values classes = Examples.classes();
        return (count, seed) -> {
            var labels = classes.make(count, seed);
            labels.getRow(0).assign(0);
            labels.getRow(1).muli(2.5);
            return labels;
        };
    }
}
