package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.IMAGES;
import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.convolution;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.output;

import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/** Dropout, weight noise, constraints and regularization, on each layer of a network. */
final class NoiseRecipes {
    private NoiseRecipes() {}

    static List<Recipe> all() {
        return List.of(
                dropout(new Dropout(0.6)),
                dropout(new AlphaDropout(0.6)),
                dropout(new GaussianDropout(0.4)),
                dropout(new GaussianNoise(0.3)),
                Recipe.layers(SpatialDropout.class, "", IMAGES, v -> {
                    ConvolutionLayer thinned = convolution(3);
                    thinned.setIDropout(v.dropout(new SpatialDropout(0.6)));
                    return new org.deeplearning4j.nn.conf.layers.Layer[] {convolution(3), thinned, output()};
                }),
                noise(new DropConnect(0.6)),
                noise(new WeightNoise(new NormalDistribution(0, 0.1))),
                constraint(new MaxNormConstraint(0.5, 1)),
                constraint(new MinMaxNormConstraint(0.3, 0.6, 1)),
                constraint(new NonNegativeConstraint()),
                constraint(new UnitNormConstraint(1)),
                rows(
                        L1Regularization.class,
                        (v, settings) -> settings.l1(v.plain() ? 0 : 0.1).l1Bias(v.plain() ? 0 : 0.1)),
                rows(
                        L2Regularization.class,
                        (v, settings) -> settings.l2(v.plain() ? 0 : 0.1).l2Bias(v.plain() ? 0 : 0.1)),
                rows(
                        WeightDecay.class,
                        (v, settings) ->
                                settings.weightDecay(v.plain() ? 0 : 0.1).weightDecayBias(v.plain() ? 0 : 0.1)));
    }

    /** What a network is configured with. */
    interface Settings {
        NeuralNetConfiguration.Builder on(Variant variant, NeuralNetConfiguration.Builder settings);
    }

    static Recipe rows(Class<?> of, Settings settings) {
        return rows(of, "", settings);
    }

    static Recipe rows(Class<?> of, String detail, UnaryOperator<NeuralNetConfiguration.Builder> settings) {
        return rows(of, detail, (v, builder) -> settings.apply(builder));
    }

    static Recipe rows(Class<?> of, String detail, Settings settings) {
        return new Recipe(
                of,
                detail,
                Examples.classified(ROWS),
                v -> Variant.layers(settings.on(v, v.bare()), ROWS, dense(4), dense(4), output()));
    }

    private static Recipe dropout(IDropout dropout) {
        return rows(dropout.getClass(), (v, settings) -> settings.dropOut(v.dropout(dropout.clone())));
    }

    private static Recipe noise(IWeightNoise noise) {
        return rows(noise.getClass(), (v, settings) -> settings.weightNoise(v.noise(noise.clone())));
    }

    private static Recipe constraint(LayerConstraint constraint) {
        return rows(
                constraint.getClass(),
                (v, settings) -> v.plain() ? settings : settings.constrainWeights(constraint.clone()));
    }
}
