package io.lossledger.producer.dl4j.conformance;

import io.lossledger.producer.dl4j.conformance.FiniteDifferences.Range;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient.Averaged;
import io.lossledger.producer.step.SegmentGradient.Nodes;
import io.lossledger.producer.step.StepUpdate;
import java.util.List;
import org.deeplearning4j.nn.api.Model;

/**
 * What a training with a ledger shows, beside the same training without one and beside finite differences.
 *
 * @param configuration of the network, as JSON
 * @param refusal why the ledger did not attach; empty when it did
 * @param differences what is not identical to the bit
 * @param evaluator what evaluated
 * @param unmeasured optimizer steps that are not booked
 * @param path largest distance between the ledger's path through the parameters and that of the training without one
 * @param loss largest error of a loss, relative
 * @param slope largest error of a tensor's gradient along its update at nodes of steps, relative to the sum over the tensors
 */
record Verdict(
        String configuration,
        String refusal,
        List<String> differences,
        String evaluator,
        int unmeasured,
        double path,
        double loss,
        double slope) {

    /** Of Simpson's rule: start, middle, end. */
    private static final int[] NODES = {0, 1, 2};

    private static final int[] MIDDLE = {1};

    /** Finite differences as near as this, relative to the sum over the tensors, are not tried with other lengths. */
    private static final double NEAR = 1e-7;

    static Verdict of(Recipe recipe, EvaluatorChoice choice) {
        Training alone = Training.alone(recipe);
        Training watched = Training.watched(recipe, MeasureSettings.DEFAULT.withType(recipe.precision()), choice);
        int unmeasured = alone.iterations() - watched.steps().size();
        Comparison comparison = new Comparison(recipe);
        if (watched.refusal().isEmpty() && unmeasured == 0) {
            comparison.walk(alone, watched.steps());
        }
        return new Verdict(
                String.valueOf(alone.notes().get("configuration made")),
                watched.refusal(),
                watched.differencesFrom(alone),
                watched.evaluator(),
                unmeasured,
                comparison.path,
                comparison.loss,
                comparison.slope);
    }

    /**
     * Residual of all steps together when the ledger may refine them, relative to the change of the loss.
     */
    static double refinedResidual(Recipe recipe, EvaluatorChoice choice) {
        Training watched = Training.watched(
                recipe, new MeasureSettings(recipe.precision(), MeasureSettings.Rule.RK4, 32, 1e-9, 1e-6, 0), choice);
        List<Range> tensors =
                new Comparison(recipe).tensors; // running statistics of batch norm move, but are not booked
        double residual = 0;
        double change = 0;
        for (StepUpdate step : watched.steps()) {
            ObjectiveStep objective = step.objectives().get(0);
            Averaged gradient = (Averaged) objective.gradient();
            change += objective.lossChange();
            residual += objective.lossChange();
            for (Range tensor : tensors) {
                residual -= product(gradient.mean(), step.delta().toDoubles(), tensor);
            }
        }
        return Math.abs(residual / change);
    }

    /** Goes along the steps of a ledger with a plain network. */
    private static final class Comparison {
        private final FiniteDifferences plain;
        private final List<Range> tensors;
        private double path;
        private double loss;
        private double slope;

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
                walk(point, delta, steps.get(step).objectives().get(0), step == 0);
                point = at(point, delta, 1);
                if ((step + 1) % each == 0) {
                    path = Math.max(path, distance(point, alone.parameters().get((step + 1) / each)));
                }
            }
        }

        /** At all nodes of the first step, and in the middle of each other. */
        private void walk(double[] start, double[] delta, ObjectiveStep step, boolean first) {
            loss = Math.max(loss, relative(plain.loss(start), step.lossStart()));
            loss = Math.max(loss, relative(plain.loss(at(start, delta, 1)), step.lossEnd()));
            for (int node : first ? NODES : MIDDLE) {
                FlatVector gradient =
                        ((Nodes) step.gradient()).nodes().get(node).orElseThrow();
                double[] at = at(start, delta, node / 2.0);
                double size = 0;
                for (Range tensor : tensors) {
                    size += Math.abs(product(gradient, delta, tensor));
                }
                double worst = 0;
                double sum = 0;
                for (Range tensor : tensors) {
                    double booked = product(gradient, delta, tensor);
                    double found = plain.slope(at, delta, tensor, booked, size * NEAR);
                    worst = Math.max(worst, Math.abs(booked - found));
                    sum += Math.abs(found);
                }
                slope = Math.max(slope, worst == 0 ? 0 : worst / sum);
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
