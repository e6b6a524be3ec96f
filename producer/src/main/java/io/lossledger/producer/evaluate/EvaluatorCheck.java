package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far an evaluator deviates from DL4J's layers in float64.
 *
 * @param loss difference of the losses, relative to the size of the loss
 * @param gradient norm of the difference between the gradients of a tensor, relative to the norm of its gradient, for
 *     the worst tensor
 * @param tensor the worst tensor
 * @param allowed the limit for both
 */
record EvaluatorCheck(double loss, double gradient, String tensor, double allowed) {
    private static final double FLOAT64_ALLOWED = 1e-6;
    /**
     * A ReLU whose input is rounded to the other side of zero changes the gradient of a tensor: by up to 3.4e-3 of its
     * norm, measured over three seeds of the trainer's four networks. Bugs show in the evaluator's float64 twin, which
     * must meet the other limit.
     */
    private static final double FLOAT32_ALLOWED = 2e-2;
    /** The smallest loss to compare with: the loss of a network that fits its data is little but rounding. */
    private static final double LEAST_SIZE = 1e-4;
    /**
     * The smallest share of the whole gradient to compare a tensor's with, because rounding is relative to the whole.
     */
    private static final double LEAST_SHARE = 1e-3;

    /**
     * Compares one evaluation.
     *
     * @param type precision of the evaluator
     */
    static EvaluatorCheck of(GradientEvaluator evaluator, ElementType type, LayerReference reference) {
        Evaluation expected = reference.evaluation();
        Evaluation found;
        Batch sample = reference.sample().in(LayerEvaluator.precision(type));
        try (PreparedData prepared = evaluator.prepare(sample, sample.examples())) {
            found = evaluator.evaluate(prepared, FlatVector.of(type, reference.point()));
        }
        double whole = 0;
        for (TensorLayout tensor : reference.tensors()) {
            whole += squares(tensor, expected.gradient(), null);
        }
        double least = Math.max(LEAST_SIZE, LEAST_SHARE * Math.sqrt(whole));
        double largest = 0;
        String at = reference.tensors().get(0).name();
        // For parameters that are not booked, DL4J's gradient holds updates of running statistics.
        for (TensorLayout tensor : reference.tensors()) {
            double difference = Math.sqrt(squares(tensor, expected.gradient(), found.gradient()));
            double size = Math.sqrt(squares(tensor, expected.gradient(), null));
            double error = difference / Math.max(least, size);
            if (!(error <= largest)) {
                largest = error;
                at = tensor.name();
            }
        }
        return new EvaluatorCheck(
                Math.abs(found.loss() - expected.loss()) / Math.max(LEAST_SIZE, Math.abs(expected.loss())),
                largest,
                at,
                type == ElementType.ELEMENT_TYPE_FLOAT64 ? FLOAT64_ALLOWED : FLOAT32_ALLOWED);
    }

    /** Also false when a value is not a number. */
    boolean agrees() {
        return loss <= allowed && gradient <= allowed;
    }

    /** A text such as {@code off by 0.50 of the loss and 0.0010 of the gradient of 0_W, of which 1e-06 are allowed}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "off by %.2g of the loss and %.2g of the gradient of %s, of which %.0e are allowed",
                loss,
                gradient,
                tensor,
                allowed);
    }

    private static double squares(TensorLayout tensor, FlatVector gradient, @Nullable FlatVector less) {
        double sum = 0;
        for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
            double difference = less == null ? gradient.get(i) : gradient.get(i) - less.get(i);
            sum += difference * difference;
        }
        return sum;
    }
}
