package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.TensorLayout;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Compares a gradient with the slope of its loss, tensor by tensor: central differences along the gradient, to which as long a
 * random direction is added, because along the gradient alone an element that is missing would not be missed. Stateless.
 */
final class SlopeCheck {
    private static final double ALLOWED = 1e-3;
    /** Lengths of a step, as shares of the tensor's. A long one meets kinks, a short one rounding: one that agrees is enough. */
    private static final double[] STEPS = {1e-5, 1e-6, 1e-4, 1e-3, 1e-7};
    /** Rounding of a loss, as a share of it, where it is computed in float64 all through. */
    private static final double ROUNDING = 1e-12;
    /** Losses below count as of this size: their terms are rounded all the same. */
    private static final double LEAST_LOSS = 1e-3;
    /** A step that is too small for the loss to change by more than its rounding. */
    private static final double NO_STEP = 1e-11;
    /** How often the loss is looked at to see its rounding: some of DL4J's layers compute in float32 here and there. */
    private static final int ROUNDING_LOOKS = 4;

    private final LayerReference reference;
    private final ToDoubleFunction<double[]> loss;
    private final Random random = new Random(2);
    private final double rounding;

    private SlopeCheck(LayerReference reference, ToDoubleFunction<double[]> loss) {
        this.reference = reference;
        this.loss = loss;
        this.rounding = rounding();
    }

    private double rounding() {
        double most =
                ROUNDING * Math.max(LEAST_LOSS, Math.abs(reference.evaluation().loss()));
        for (int look = 0; look < ROUNDING_LOOKS; look++) {
            double[] at = reference.point().clone();
            for (int i = 0; i < at.length; i++) {
                at[i] *= 1 + NO_STEP * random.nextGaussian();
            }
            most = Math.max(
                    most,
                    2 * Math.abs(loss.applyAsDouble(at) - reference.evaluation().loss()));
        }
        return most;
    }

    /**
     * What is wrong with the reference's gradient, for an error; empty when it is the slope. Costs two losses a tensor.
     *
     * @param loss the mean loss of the reference at any parameters
     */
    static Optional<String> fault(LayerReference reference, ToDoubleFunction<double[]> loss) {
        SlopeCheck check = new SlopeCheck(reference, loss);
        for (TensorLayout tensor : reference.tensors()) {
            if (!reference.isFrozen(tensor)) {
                double error = check.error(tensor);
                if (!(error <= ALLOWED)) {
                    return Optional.of(String.format(
                            Locale.ROOT,
                            "%s of layer %s, whose gradient by DL4J is off by %.2g of its size",
                            tensor.name(),
                            tensor.layer(),
                            error));
                }
            }
        }
        return Optional.empty();
    }

    private double error(TensorLayout tensor) {
        double[] direction = direction(tensor);
        FlatVector gradient = reference.evaluation().gradient();
        double predicted = 0;
        double size = 0;
        double length = 0;
        for (int i = 0; i < direction.length; i++) {
            double slope = gradient.get(tensor.offset() + i);
            predicted += slope * direction[i];
            size += slope * slope;
            length += Math.pow(reference.point()[tensor.offset() + i], 2);
        }
        double least = Double.NaN;
        for (double step : STEPS) {
            double h = step * Math.sqrt(length);
            double slope = (loss(tensor, direction, h) - loss(tensor, direction, -h)) / (2 * h);
            double error = Math.max(0, Math.abs(slope - predicted) - rounding / h)
                    / Math.max(Math.sqrt(size), Double.MIN_NORMAL);
            if (!(error >= least)) {
                least = error;
            }
            if (least <= ALLOWED) {
                break;
            }
        }
        return least;
    }

    /** The sum of two unit vectors: the gradient's and a random one. */
    private double[] direction(TensorLayout tensor) {
        double[] slopes = new double[tensor.count()];
        double[] noise = new double[tensor.count()];
        double slopeSquares = 0;
        double noiseSquares = 0;
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = reference.evaluation().gradient().get(tensor.offset() + i);
            noise[i] = random.nextGaussian();
            slopeSquares += slopes[i] * slopes[i];
            noiseSquares += noise[i] * noise[i];
        }
        double slopeScale = slopeSquares == 0 ? 0 : 1 / Math.sqrt(slopeSquares);
        double noiseScale = 1 / Math.sqrt(noiseSquares);
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = slopes[i] * slopeScale + noise[i] * noiseScale;
        }
        return slopes;
    }

    private double loss(TensorLayout tensor, double[] direction, double step) {
        double[] at = reference.point().clone();
        for (int i = 0; i < direction.length; i++) {
            at[tensor.offset() + i] += step * direction[i];
        }
        return loss.applyAsDouble(at);
    }
}
