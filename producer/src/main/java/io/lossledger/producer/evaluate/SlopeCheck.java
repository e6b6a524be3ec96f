package io.lossledger.producer.evaluate;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Compares a gradient with the slope of its loss, tensor by tensor. It takes central differences along the gradient
 * plus a random direction of equal length, because elements missing from the gradient do not show along the gradient
 * alone. (In a tensor of a million elements they may still go unnoticed: their share of a random direction falls with
 * the root of the number of elements.)
 */
final class SlopeCheck {
    private static final double ALLOWED = 1e-3;
    /**
     * The step lengths, as shares of the tensor's norm. Long steps meet kinks, short ones rounding: one that agrees is
     * enough.
     */
    private static final double[] STEPS = {1e-5, 1e-4, 1e-6, 1e-3, 1e-2, 1e-7};
    /** The least rounding error of a loss, as a share of it. */
    private static final double ROUNDING = 1e-12;
    /** The smallest loss to compare with: the terms of smaller losses are still rounded. */
    private static final double LEAST_LOSS = 1e-3;
    /**
     * A step whose second difference is rounding: large enough to be visible in float32, which some layers use in part.
     */
    private static final double TINY = 1e-7;

    private static final int LOOKS_AT_ROUNDING = 4;
    /** Rounding in float32 is below this. */
    private static final double MOST_ROUNDING = 1e-6;
    /**
     * The smallest share of the whole gradient to compare a tensor's with: one without a gradient is not refused for a
     * kink.
     */
    private static final double LEAST_SHARE = 1e-3;

    private final LayerReference reference;
    private final ToDoubleFunction<double[]> loss;
    private final Random random = new Random(2);
    private final double rounding;
    private final double leastNorm;

    private SlopeCheck(LayerReference reference, ToDoubleFunction<double[]> loss) {
        this.reference = reference;
        this.loss = loss;
        this.rounding = rounding();
        double squares = 0;
        for (TensorLayout tensor : reference.tensors()) {
            for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                squares += Math.pow(reference.evaluation().gradient().get(i), 2);
            }
        }
        this.leastNorm = Math.max(Double.MIN_NORMAL, LEAST_SHARE * Math.sqrt(squares));
    }

    private double rounding() {
        double here = reference.evaluation().loss();
        double scale = Math.max(LEAST_LOSS, Math.abs(here));
        double most = ROUNDING * scale;
        for (int look = 0; look < LOOKS_AT_ROUNDING; look++) {
            double[] up = reference.point().clone();
            double[] down = up.clone();
            for (int i = 0; i < up.length; i++) {
                double change = TINY * up[i] * random.nextGaussian();
                up[i] += change;
                down[i] -= change;
            }
            most = Math.max(most, Math.abs(loss.applyAsDouble(up) - 2 * here + loss.applyAsDouble(down)));
        }
        return Math.min(most, MOST_ROUNDING * scale);
    }

    /** Reports a loss that differs from one evaluation to the next. */
    private Optional<String> randomness() {
        double here = reference.evaluation().loss();
        double again = loss.applyAsDouble(reference.point());
        return Math.abs(again - here) <= MOST_ROUNDING * Math.max(LEAST_LOSS, Math.abs(here))
                ? Optional.empty()
                : Optional.of("a loss of " + here + " and then of " + again + " at the same parameters");
    }

    /**
     * What is wrong with the reference's gradient, for an error message; empty when it is the slope. Costs two losses
     * per tensor.
     *
     * @param loss the mean loss of the reference at any parameters
     */
    static Optional<String> fault(LayerReference reference, ToDoubleFunction<double[]> loss) {
        SlopeCheck check = new SlopeCheck(reference, loss);
        Optional<String> randomness = check.randomness();
        if (randomness.isPresent()) {
            return randomness;
        }
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
        double norm = Math.max(leastNorm, Math.sqrt(size));
        double least = 0; // a gradient below the rounding error cannot be checked
        boolean seen = false;
        for (double step : STEPS) {
            double h = step * Math.sqrt(length);
            double slope = (loss(tensor, direction, h) - loss(tensor, direction, -h)) / (2 * h);
            double error = Math.max(0, Math.abs(slope - predicted) - rounding / h);
            // If a step shows nothing but rounding, another may show more.
            if (rounding / h > ALLOWED * norm && error == 0) {
                continue;
            }
            error /= norm;
            least = seen ? Math.min(least, error) : error;
            seen = true;
            if (error <= ALLOWED) {
                return error;
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
