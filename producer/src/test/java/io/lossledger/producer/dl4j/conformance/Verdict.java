package io.lossledger.producer.dl4j.conformance;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.MeasureSettings;
import io.lossledger.producer.ObjectiveStep;
import io.lossledger.producer.SegmentGradient.Nodes;
import io.lossledger.producer.StepUpdate;
import io.lossledger.producer.dl4j.EvaluatorChoice;
import io.lossledger.producer.dl4j.conformance.FiniteDifferences.Range;
import io.lossledger.protocol.v1.ElementType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;

/**
 * What a training with a ledger shows, beside the same training without one and beside finite differences.
 *
 * @param refusal why the ledger did not attach; empty when it did
 * @param differences what is not identical to the bit
 * @param evaluator what evaluated
 * @param unmeasured optimizer steps that are not booked
 * @param path largest distance between the ledger's path through the parameters and that of the training without one
 * @param loss largest error of a loss, relative
 * @param slope largest error of a tensor's gradient along its update at a node of a step, relative to the sum over the tensors
 * @param residual residual of all steps together, relative to the change of the loss
 */
record Verdict(
        String refusal,
        List<String> differences,
        String evaluator,
        int unmeasured,
        double path,
        double loss,
        double slope,
        double residual) {

    private static final double[] SIMPSON = {1 / 6.0, 4 / 6.0, 1 / 6.0};
    private static final MeasureSettings PRECISE =
            MeasureSettings.DEFAULT.withType(ElementType.ELEMENT_TYPE_FLOAT64);

    static Verdict of(Recipe recipe, EvaluatorChoice choice) {
        Training alone = Training.alone(recipe);
        Training watched = Training.watched(recipe, PRECISE, choice);
        int unmeasured = alone.iterations() - watched.steps().size();
        Comparison comparison = new Comparison(recipe);
        if (watched.refusal().isEmpty() && unmeasured == 0) {
            comparison.walk(alone, watched.steps());
        }
        return new Verdict(
                watched.refusal(),
                watched.differencesFrom(alone),
                watched.evaluator(),
                unmeasured,
                comparison.path,
                comparison.loss,
                comparison.slope,
                Math.abs(comparison.residual / comparison.change));
    }

    /** Goes along the steps of a ledger with a plain network. */
    private static final class Comparison {
        private final FiniteDifferences plain;
        private final Map<String, Range> tensors;
        private double path;
        private double loss;
        private double slope;
        private double residual;
        private double change;

        Comparison(Recipe recipe) {
            Model network = recipe.network(Variant.PLAIN);
            network.init();
            plain = new FiniteDifferences(network, recipe.objective());
            tensors = plain.tensors();
        }

        void walk(Training alone, List<StepUpdate> steps) {
            double[] point = alone.parameters().get(0);
            int each = steps.size() / (alone.parameters().size() - 1);
            for (int step = 0; step < steps.size(); step++) {
                double[] delta = steps.get(step).delta().toDoubles();
                walk(point, delta, steps.get(step).objectives().get(0));
                point = at(point, delta, 1);
                if ((step + 1) % each == 0) {
                    path = Math.max(path, distance(point, alone.parameters().get((step + 1) / each)));
                }
            }
        }

        private void walk(double[] start, double[] delta, ObjectiveStep step) {
            loss = Math.max(loss, relative(plain.loss(start), step.lossStart()));
            loss = Math.max(loss, relative(plain.loss(at(start, delta, 1)), step.lossEnd()));
            change += step.lossChange();
            residual += step.lossChange();
            for (int node = 0; node < SIMPSON.length; node++) {
                FlatVector gradient = ((Nodes) step.gradient()).nodes().get(node).orElseThrow();
                double[] at = at(start, delta, node / 2.0);
                Map<String, Double> errors = new LinkedHashMap<>();
                double sum = 0;
                for (Map.Entry<String, Range> tensor : tensors.entrySet()) {
                    double booked = product(gradient, delta, tensor.getValue());
                    double found = plain.slope(at, delta, tensor.getValue(), booked);
                    errors.put(tensor.getKey(), Math.abs(booked - found));
                    sum += Math.abs(found);
                    residual -= SIMPSON[node] * booked;
                }
                for (double error : errors.values()) {
                    slope = Math.max(slope, error == 0 ? 0 : error / sum);
                }
            }
        }
    }

    private static double product(FlatVector gradient, double[] delta, Range tensor) {
        double sum = 0;
        for (int i = tensor.from(); i < tensor.from() + tensor.length(); i++) {
            sum += gradient.get(i) * delta[i];
        }
        return sum;
    }

    private static double[] at(double[] start, double[] delta, double s) {
        double[] point = start.clone();
        for (int i = 0; i < point.length; i++) {
            point[i] += s * delta[i];
        }
        return point;
    }

    private static double distance(double[] a, double[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    private static double relative(double expected, double found) {
        return Math.abs(found - expected) / Math.max(1e-3, Math.abs(expected));
    }
}
