package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.producer.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How far an evaluator is from DL4J's layers in float64, at the parameters that a network has.
 *
 * @param loss difference of the losses by the size of the loss
 * @param gradient norm of the difference of the gradients, over the booked parameters, by the norm of the gradient
 * @param allowed what either may be
 */
record EvaluatorCheck(double loss, double gradient, double allowed) {
    /** Examples that are evaluated, at most and at least. */
    private static final int MOST = 64;

    private static final int LEAST = 4;
    /** What DL4J's layers do in some seconds. */
    private static final double OPERATIONS = 1e10;

    private static final double FLOAT64_ALLOWED = 1e-6;
    /** A ReLU whose input is rounded to the other side of zero moves the gradient by about 1e-3; a mistake, by far more. */
    private static final double FLOAT32_ALLOWED = 2e-2;
    /** What is smaller counts as of this size: a network that fits its data leaves little but rounding. */
    private static final double LEAST_SIZE = 1e-4;

    /**
     * Evaluates twice.
     *
     * @param operations of a gradient, for one example: the more, the fewer examples
     * @param type precision of the evaluator
     * @param data where the examples are taken from, evenly
     */
    static EvaluatorCheck of(
            GradientEvaluator evaluator, double operations, Model network, ElementType type, Batch data) {
        Batch sample = data.sample((int) Math.max(LEAST, Math.min(MOST, OPERATIONS / operations)));
        double[] parameters = FlatArrays.toDoubles(network.params());
        Evaluation found;
        int chunkExamples;
        try (PreparedData prepared = evaluator.prepare(sample, sample.examples())) {
            found = evaluator.evaluate(prepared, FlatVector.of(type, parameters));
            chunkExamples = prepared.chunkExamples(); // fewer, if memory is scarce
        }
        Evaluation expected;
        try (GradientEvaluator layers = new LayerEvaluator(network, 1, ElementType.ELEMENT_TYPE_FLOAT64);
                PreparedData prepared = layers.prepare(sample.in(DataType.DOUBLE), chunkExamples)) {
            expected = layers.evaluate(prepared, FlatVector.of(parameters));
        }
        double difference = 0;
        double norm = 0;
        // Where nothing is booked, DL4J's gradient has the updates of running statistics.
        for (TensorLayout tensor : NetworkLayout.of(network).tensors()) {
            for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                double slope = expected.gradient().get(i);
                difference += Math.pow(found.gradient().get(i) - slope, 2);
                norm += slope * slope;
            }
        }
        return new EvaluatorCheck(
                relative(Math.abs(found.loss() - expected.loss()), Math.abs(expected.loss())),
                relative(Math.sqrt(difference), Math.sqrt(norm)),
                type == ElementType.ELEMENT_TYPE_FLOAT64 ? FLOAT64_ALLOWED : FLOAT32_ALLOWED);
    }

    /** False, too, when something is not a number. */
    boolean agrees() {
        return loss <= allowed && gradient <= allowed;
    }

    /** Such as {@code off by 0.50 of the loss and 0.0010 of the gradient, of which 1e-06 are allowed}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "off by %.2g of the loss and %.2g of the gradient, of which %.0e are allowed",
                loss,
                gradient,
                allowed);
    }

    private static double relative(double difference, double size) {
        return difference / Math.max(size, LEAST_SIZE);
    }
}
