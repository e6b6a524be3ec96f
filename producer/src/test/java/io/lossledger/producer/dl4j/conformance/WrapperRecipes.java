package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.ONE_CLASS;
import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.SEQUENCES;
import static io.lossledger.producer.dl4j.conformance.Parts.STEP_CLASSES;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.lstm;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.rnnOutput;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.exception.ND4JIllegalStateException;

/** Layers around layers that have dropout, regularization, weight noise or constraints of their own. */
final class WrapperRecipes {
    private WrapperRecipes() {}

    static List<Recipe> all() {
        List<Recipe> recipes = new ArrayList<>(List.of(
                last("dropout and L2", v -> lstm(3, v)),
                last("weight decay", v -> rnn().weightDecay(v.plain() ? 0 : 0.1).build()),
                last("L1", v -> rnn().l1(v.plain() ? 0 : 0.1).build()),
                last(
                        "weight noise",
                        v -> rnn().weightNoise(v.noise(new DropConnect(0.7))).build()),
                last("constraints", WrapperRecipes::constrained),
                last("randomised ReLU", WrapperRecipes::randomised),
                last("of Bidirectional", v -> new Bidirectional(lstm(2, v))),
                last("of MaskZeroLayer", v -> new MaskZeroLayer(lstm(2, v), -99)),
                last("of FrozenLayer", v -> new FrozenLayer(lstm(2, v)))));
        for (Bidirectional.Mode mode : Bidirectional.Mode.values()) {
            recipes.add(layers(Bidirectional.class, mode + " of LSTM", SEQUENCES, STEP_CLASSES, v ->
                    new Layer[] {new Bidirectional(mode, lstm(2, v)), rnnOutput()}));
        }
        recipes.addAll(List.of(
                layers(TimeDistributed.class, "dropout and L2", SEQUENCES, STEP_CLASSES, v ->
                        new Layer[] {new TimeDistributed(thin(v)), rnnOutput()}),
                layers(TimeDistributed.class, "of FrozenLayerWithBackprop", SEQUENCES, STEP_CLASSES, v ->
                        new Layer[] {lstm(3), new TimeDistributed(new FrozenLayerWithBackprop(thin(v))), rnnOutput()}),
                layers(MaskZeroLayer.class, "without padding", SEQUENCES, STEP_CLASSES, v ->
                        new Layer[] {new MaskZeroLayer(lstm(3, v), -99), rnnOutput()}),
                layers(FrozenLayer.class, "first", ROWS, v ->
                        new Layer[] {new FrozenLayer(thin(v)), dense(4), output()}),
                layers(FrozenLayer.class, "after a layer that learns", ROWS, v ->
                        new Layer[] {dense(4), new FrozenLayer(thin(v)), output()}),
                layers(FrozenLayer.class, "of LastTimeStep", SEQUENCES, ONE_CLASS, v ->
                        new Layer[] {new FrozenLayer(new LastTimeStep(lstm(3, v))), dense(4), output()}),
                layers(FrozenLayerWithBackprop.class, "", ROWS, v ->
                        new Layer[] {dense(4), new FrozenLayerWithBackprop(thin(v)), output()}),
                norm("of batch norm", WorkspaceMode.ENABLED)
                        .expect(Expectation.broken(ND4JIllegalStateException.class, "outdated workspace pointer")),
                norm("of batch norm, no workspaces", WorkspaceMode.NONE),
                layers(
                        FrozenLayerWithBackprop.class, "of Bidirectional", SEQUENCES, STEP_CLASSES, v -> new Layer[] {
                            lstm(3), new FrozenLayerWithBackprop(new Bidirectional(lstm(2, v))), rnnOutput()
                        })));
        return recipes;
    }

    private static Recipe norm(String detail, WorkspaceMode workspaces) {
        return new Recipe(
                FrozenLayerWithBackprop.class,
                detail,
                Examples.classified(ROWS),
                v -> Variant.layers(
                        v.settings().trainingWorkspaceMode(workspaces),
                        ROWS,
                        dense(4),
                        new FrozenLayerWithBackprop(new BatchNormalization.Builder().build()),
                        output()));
    }

    private interface Inner {
        Layer of(Variant variant);
    }

    private static Recipe last(String detail, Inner inner) {
        return layers(LastTimeStep.class, detail, SEQUENCES, ONE_CLASS, v ->
                new Layer[] {new LastTimeStep(inner.of(v)), output()});
    }

    private static SimpleRnn.Builder rnn() {
        return new SimpleRnn.Builder().nOut(4);
    }

    private static Layer constrained(Variant variant) {
        SimpleRnn.Builder builder = rnn();
        return variant.plain()
                ? builder.build()
                : builder.constrainWeights(new MaxNormConstraint(0.5, 1)).build();
    }

    private static Layer randomised(Variant variant) {
        return rnn().activation(variant.plain() ? new ActivationLReLU((1 / 8.0 + 1 / 3.0) / 2) : new ActivationRReLU())
                .build();
    }

    private static Layer thin(Variant variant) {
        return new DenseLayer.Builder()
                .nOut(4)
                .activation(Activation.TANH)
                .dropOut(variant.plain() ? 0 : 0.5)
                .l2(variant.plain() ? 0 : 0.1)
                .build();
    }
}
