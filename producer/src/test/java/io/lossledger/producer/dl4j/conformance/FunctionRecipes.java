package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationPReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossCosineProximity;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMAPE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMSLE;
import org.nd4j.linalg.lossfunctions.impl.LossMixtureDensity;
import org.nd4j.linalg.lossfunctions.impl.LossMultiLabel;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossSquaredHinge;
import org.nd4j.linalg.lossfunctions.impl.LossWasserstein;

/** Activations and losses. */
final class FunctionRecipes {
    private static final Expectation SINGLE = Expectation.measured(2e-3, "only in float32");

    private FunctionRecipes() {}

    static List<Recipe> all() {
        List<Recipe> recipes = new ArrayList<>();
        List<Supplier<IActivation>> activations = List.of(
                ActivationCube::new,
                ActivationELU::new,
                ActivationGELU::new,
                ActivationHardSigmoid::new,
                ActivationHardTanH::new,
                ActivationIdentity::new,
                ActivationLReLU::new,
                ActivationMish::new,
                ActivationRationalTanh::new,
                ActivationReLU::new,
                ActivationReLU6::new,
                ActivationRectifiedTanh::new,
                ActivationSELU::new,
                ActivationSigmoid::new,
                ActivationSoftPlus::new,
                ActivationSoftSign::new,
                ActivationSoftmax::new,
                ActivationSwish::new,
                ActivationTanH::new,
                ActivationThresholdedReLU::new);
        for (Supplier<IActivation> activation : activations) {
            recipes.add(activation(activation.get().getClass(), v -> activation.get()));
        }
        recipes.add(activation(
                ActivationRReLU.class,
                v -> v.plain() ? new ActivationLReLU((1 / 8.0 + 1 / 3.0) / 2) : new ActivationRReLU()));
        recipes.add(activation(
                ActivationPReLU.class,
                v -> new ActivationPReLU(
                        Nd4j.createFromArray(new float[] {0.1f, 0.2f, 0.3f, 0.4f})
                                .castTo(v.type()),
                        new long[0])));
        recipes.addAll(losses());
        return recipes;
    }

    private interface Function {
        IActivation of(Variant variant);
    }

    private static Recipe activation(Class<?> of, Function activation) {
        return layers(of, "", ROWS, v -> new Layer[] {
            new DenseLayer.Builder().nOut(4).activation(activation.of(v)).build(), Parts.output()
        });
    }

    private static List<Recipe> losses() {
        Examples.Values classes = Examples.classes();
        Examples.Values fractions = Examples.fractions(3);
        Examples.Values several = (count, seed) ->
                Examples.fractions(3).make(count, seed).gt(0.5).castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT);
        Examples.Values signs =
                (count, seed) -> classes.make(count, seed).muli(2).subi(1);
        return List.of(
                loss(new LossMCXENT(), Activation.SOFTMAX, classes),
                loss(new LossNegativeLogLikelihood(), Activation.SOFTMAX, classes),
                loss(new LossSparseMCXENT(), Activation.SOFTMAX, Examples.indices(3, 1)),
                loss(new LossBinaryXENT(), Activation.SIGMOID, several),
                loss(new LossMSE(), Activation.IDENTITY, fractions),
                loss(new LossL2(), Activation.TANH, fractions),
                loss(new LossL1(), Activation.IDENTITY, fractions),
                loss(new LossMAE(), Activation.IDENTITY, fractions),
                loss(new LossMAPE(), Activation.IDENTITY, fractions),
                loss(new LossMSLE(), Activation.SIGMOID, fractions),
                loss(new LossPoisson(), Activation.SOFTPLUS, fractions),
                loss(new LossKLD(), Activation.SOFTMAX, fractions),
                loss(new LossCosineProximity(), Activation.IDENTITY, fractions),
                loss(new LossHinge(), Activation.IDENTITY, signs),
                loss(new LossSquaredHinge(), Activation.IDENTITY, signs),
                loss(new LossWasserstein(), Activation.IDENTITY, signs),
                loss(new LossMultiLabel(), Activation.IDENTITY, classes)
                        .float32()
                        .expect(SINGLE),
                mixture(),
                fMeasure());
    }

    private static Recipe loss(ILossFunction loss, Activation activation, Examples.Values labels) {
        return layers(loss.getClass(), "", ROWS, Examples.of(Examples.normal(5), labels), v ->
                new Layer[] {dense(4), output(loss, activation, 3)});
    }

    /** Two components over labels of two numbers. */
    private static Recipe mixture() {
        return layers(
                        LossMixtureDensity.class,
                        "",
                        ROWS,
                        Examples.of(Examples.normal(5), Examples.fractions(2)),
                        v -> new Layer[] {
                            dense(4),
                            output(
                                    LossMixtureDensity.builder()
                                            .gaussians(2)
                                            .labelWidth(2)
                                            .build(),
                                    Activation.IDENTITY,
                                    2 * (2 + 2))
                        })
                .float32()
                .expect(SINGLE);
    }

    private static Recipe fMeasure() {
        return layers(LossFMeasure.class, "", ROWS, Examples.of(Examples.normal(5), Examples.indices(2, 1)), v ->
                        new Layer[] {dense(4), output(new LossFMeasure(), Activation.SIGMOID, 1)})
                .expect(Expectation.refused(
                        "loss must be a sum over examples", "the loss of a batch is not a sum over its examples"));
    }

    private static Layer output(ILossFunction loss, Activation activation, int width) {
        return new OutputLayer.Builder(loss).nOut(width).activation(activation).build();
    }
}
