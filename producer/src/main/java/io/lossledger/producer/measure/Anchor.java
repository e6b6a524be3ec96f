package io.lossledger.producer.measure;

import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.measure.SampledObjective.Halves;
import io.lossledger.producer.step.FlatVector;

/**
 * The correction to a sample's loss that makes it agree with the whole set at one point, in value and gradient: a
 * linear function with mean 0 over samples. Immutable.
 */
final class Anchor {
    private final FlatVector point;
    private final Evaluation whole;

    Anchor(FlatVector point, Evaluation whole) {
        this.point = point;
        this.whole = whole;
    }

    FlatVector point() {
        return point;
    }

    /** The correction of a sample, given its values at the anchor. */
    Correction correct(Halves there) {
        double[] gradient = new double[point.length()];
        whole.gradient().addScaledTo(gradient, 1);
        there.first().gradient().addScaledTo(gradient, -0.5);
        there.second().gradient().addScaledTo(gradient, -0.5);
        double loss = whole.loss() - (there.first().loss() + there.second().loss()) / 2;
        return new Correction(gradient, loss);
    }

    /** A linear function of the parameters. */
    final class Correction {
        private final double[] gradient;
        private final double lossAtAnchor;

        private Correction(double[] gradient, double lossAtAnchor) {
            this.gradient = gradient;
            this.lossAtAnchor = lossAtAnchor;
        }

        void addGradientTo(double[] sum) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += gradient[i];
            }
        }

        double loss(FlatVector at) {
            double loss = lossAtAnchor;
            for (int i = 0; i < gradient.length; i++) {
                loss += gradient[i] * (at.get(i) - point.get(i));
            }
            return loss;
        }
    }
}
