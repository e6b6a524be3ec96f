package io.lossledger.producer.measure;

import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.measure.SampledObjective.Halves;
import io.lossledger.producer.step.FlatVector;
import java.util.List;

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
        FlatVector gradient = FlatVector.sum(
                new double[] {1, -0.5, -0.5},
                List.of(
                        whole.gradient(),
                        there.first().gradient(),
                        there.second().gradient()));
        double loss = whole.loss() - (there.first().loss() + there.second().loss()) / 2;
        return new Correction(gradient, loss);
    }

    /** A linear function of the parameters. */
    final class Correction {
        private final FlatVector gradient;
        private final double lossAtAnchor;

        private Correction(FlatVector gradient, double lossAtAnchor) {
            this.gradient = gradient;
            this.lossAtAnchor = lossAtAnchor;
        }

        /** The same everywhere. */
        FlatVector gradient() {
            return gradient;
        }

        double loss(FlatVector at) {
            return lossAtAnchor + gradient.dot(point, at);
        }
    }
}
