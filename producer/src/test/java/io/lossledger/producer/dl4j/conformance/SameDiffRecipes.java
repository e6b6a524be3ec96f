package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.IMAGES;
import static io.lossledger.producer.dl4j.conformance.Parts.ONE_CLASS;
import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.SEQUENCES;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.lstm;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.pool;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.layers.util.IdentityLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers and vertices that are defined in SameDiff. */
final class SameDiffRecipes {
    private static final Expectation REFUSED = Expectation.refused(
            "must have no SameDiff layers and vertices",
            "DL4J's gradient for SameDiff layers is not the slope of the loss");

    private SameDiffRecipes() {}

    static List<Recipe> all() {
        return List.of(
                refused(IdentityLayer.class, v -> new Layer[] {dense(4), new IdentityLayer("same"), output()}),
                layers(LocallyConnected2D.class, "", IMAGES, v -> new Layer[] {
                            new LocallyConnected2D.Builder()
                                    .kernelSize(2, 2)
                                    .nOut(3)
                                    .activation(Activation.TANH)
                                    .build(),
                            pool(),
                            output()
                        })
                        .expect(REFUSED),
                steps(LocallyConnected1D.class, v -> new Layer[] {
                    new LocallyConnected1D.Builder()
                            .kernelSize(2)
                            .nOut(3)
                            .activation(Activation.TANH)
                            .build(),
                    pool(),
                    output()
                }),
                steps(SelfAttentionLayer.class, v -> new Layer[] {
                    lstm(4),
                    new SelfAttentionLayer.Builder()
                            .nOut(4)
                            .nHeads(2)
                            .projectInput(true)
                            .build(),
                    pool(),
                    output()
                }),
                broken(LearnedSelfAttentionLayer.class, v -> new Layer[] {
                    lstm(4),
                    new LearnedSelfAttentionLayer.Builder()
                            .nOut(4)
                            .nHeads(2)
                            .nQueries(2)
                            .projectInput(true)
                            .build(),
                    pool(),
                    output()
                }),
                steps(RecurrentAttentionLayer.class, v -> new Layer[] {
                    lstm(4),
                    new RecurrentAttentionLayer.Builder()
                            .nIn(4)
                            .nOut(4)
                            .nHeads(1)
                            .projectInput(false)
                            .build(),
                    pool(),
                    output()
                }),
                capsules(PrimaryCapsules.class, "", new CapsuleStrengthLayer.Builder()),
                capsules(CapsuleStrengthLayer.class, "", new CapsuleStrengthLayer.Builder()),
                layers(CapsuleLayer.class, "", IMAGES, v -> new Layer[] {
                            primary(), new CapsuleLayer.Builder(Examples.CLASSES, 2, 2).build(), strength(), loss()
                        })
                        .expect(REFUSED),
                attentionVertex());
    }

    private static Recipe refused(Class<?> of, Function<Variant, Layer[]> layers) {
        return layers(of, "", ROWS, layers).expect(REFUSED);
    }

    private static Recipe steps(Class<?> of, Function<Variant, Layer[]> layers) {
        return layers(of, "", SEQUENCES, ONE_CLASS, layers).expect(REFUSED);
    }

    private static Recipe broken(Class<?> of, Function<Variant, Layer[]> layers) {
        return layers(of, "", SEQUENCES, ONE_CLASS, layers)
                .expect(Expectation.broken(RuntimeException.class, "Op with name scatter_update"));
    }

    private static Recipe capsules(Class<?> of, String detail, Layer.Builder<?> strength) {
        return layers(of, detail, IMAGES, v -> new Layer[] {primary(), strength.build(), output()})
                .expect(REFUSED);
    }

    private static Layer primary() {
        return new PrimaryCapsules.Builder(2, 2)
                .kernelSize(2, 2)
                .stride(2, 2)
                .hasBias(true)
                .build();
    }

    private static Layer strength() {
        return new CapsuleStrengthLayer.Builder().build();
    }

    private static Layer loss() {
        return new LossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Recipe attentionVertex() {
        return new Recipe(
                        AttentionVertex.class,
                        "",
                        ONE_CLASS,
                        v -> Variant.graph(v.graph()
                                .addInputs("in")
                                .addLayer("lstm", lstm(4), "in")
                                .addVertex(
                                        "attention",
                                        new AttentionVertex.Builder()
                                                .nInKeys(4)
                                                .nInQueries(4)
                                                .nInValues(4)
                                                .nHeads(2)
                                                .nOut(4)
                                                .projectInput(true)
                                                .weightInit(WeightInit.XAVIER)
                                                .build(),
                                        "lstm",
                                        "lstm",
                                        "lstm")
                                .addLayer("pool", pool(), "attention")
                                .addLayer("out", output(), "pool")
                                .setOutputs("out")
                                .setInputTypes(SEQUENCES)))
                .expect(REFUSED);
    }
}
