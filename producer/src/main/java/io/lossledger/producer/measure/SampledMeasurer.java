package io.lossledger.producer.measure;

import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.measure.SampledObjective.Halves;
import io.lossledger.producer.measure.SampledObjective.Pass;
import io.lossledger.producer.measure.SampledObjective.Sample;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.protocol.v1.ObjectiveKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Measures an objective on a new sample for each segment, at s = 0, ½ and 1. Never refines, because the sampling error
 * is far larger than the quadrature error.
 *
 * <p>If the whole set can be evaluated, this is done occasionally, at an anchor θₐ, and the sample only has to estimate
 * how the gradient has changed since. Instead of L_h, each half h then measures the loss
 *
 * <pre>L_h(θ) − L_h(θₐ) + L(θₐ) + ⟨∇L(θₐ) − ∇L_h(θₐ), θ − θₐ⟩,</pre>
 *
 * which has the same mean and balances just as exactly, but with less variance the nearer the anchor is. The anchor
 * moves after four times as many segments as there are samples in a set, so that it costs a quarter of a sample per
 * segment, however large the set. The set is evaluated in portions, so that no segment evaluates more than twice as much
 * as it otherwise would; the old anchor stays until all is evaluated. If the samples since the last move show that an
 * anchor does not help, segments do not
 * use it until it moves.
 *
 * <p>Source: the control variate of R. Johnson, T. Zhang, "Accelerating Stochastic Gradient Descent using Predictive Variance
 * Reduction", NeurIPS 2013.
 */
final class SampledMeasurer implements SegmentMeasurer {
    private static final double[] RK4 = {1 / 6.0, 4 / 6.0, 1 / 6.0};
    private static final double[] FIRST_ORDER = {1, 0};
    private static final int SETS_BETWEEN_ANCHORS = 4;

    private final SampledObjective objective;
    private final MeasureSettings settings;
    private final MeasureTiming timing;
    private @Nullable Anchor anchor;
    /** Evaluates the set for the next anchor. */
    private @Nullable NextAnchor next;

    private long segmentsToNextAnchor;
    private AnchorGain gain = new AnchorGain();

    SampledMeasurer(SampledObjective objective, MeasureSettings settings, MeasureTiming timing) {
        this.objective = objective;
        this.settings = settings;
        this.timing = timing;
    }

    @Override
    public ObjectiveStep measure(Segment segment, FlatVector delta, GradientBudget budget) {
        moveAnchor(segment);
        Sample sample = objective.draw();
        double[] weights = weights();
        List<FlatVector> points = new ArrayList<>();
        for (int node = 0; node < weights.length; node++) {
            points.add(segment.at((double) node / (weights.length - 1), settings.type()));
        }
        int last = weights.length - 1;
        if (anchor != null) {
            points.add(anchor.point());
        }
        List<Halves> halves = timing.evaluate(points.size(), () -> sample.evaluateEach(points)).stream()
                .map(each -> new Halves(typed(each.first()), typed(each.second())))
                .toList();
        Anchor.Correction correction = anchor == null ? null : anchor.correct(halves.get(last + 1));
        FlatVector contrast = contrast(weights, halves);
        if (correction != null) {
            FlatVector atAnchor = contrast(new double[] {-1}, halves.subList(last + 1, last + 2));
            FlatVector anchored = FlatVector.sum(new double[] {1, 1}, List.of(contrast, atAnchor));
            gain.add(delta.dot(contrast), delta.dot(anchored));
            contrast = anchored;
        }
        List<Optional<FlatVector>> nodes = new ArrayList<>();
        for (int node = 0; node < weights.length; node++) {
            nodes.add(weights[node] == 0 ? Optional.empty() : Optional.of(mean(halves.get(node), correction)));
        }
        return new ObjectiveStep(
                objective.name(),
                objective.weight(),
                ObjectiveKind.OBJECTIVE_KIND_SAMPLED,
                loss(points.get(0), halves.get(0), correction),
                loss(points.get(last), halves.get(last), correction),
                new SegmentGradient.Nodes(nodes),
                false,
                Optional.of(contrast));
    }

    /** In the element type of the run; the objective may evaluate in another. */
    private Evaluation typed(Evaluation evaluation) {
        return new Evaluation(evaluation.loss(), evaluation.gradient().in(settings.type()));
    }

    private double[] weights() {
        return settings.rule() == Rule.FIRST_ORDER ? FIRST_ORDER : RK4;
    }

    private static double loss(FlatVector point, Halves halves, Anchor.@Nullable Correction correction) {
        double mean = (halves.first().loss() + halves.second().loss()) / 2;
        return correction == null ? mean : mean + correction.loss(point);
    }

    private static FlatVector mean(Halves halves, Anchor.@Nullable Correction correction) {
        FlatVector first = halves.first().gradient();
        FlatVector second = halves.second().gradient();
        return correction == null
                ? FlatVector.sum(new double[] {0.5, 0.5}, List.of(first, second))
                : FlatVector.sum(new double[] {0.5, 0.5, 1}, List.of(first, second, correction.gradient()));
    }

    /** The weighted sum of half the differences of the halves; less if the sample is a large part of its set. */
    private FlatVector contrast(double[] weights, List<Halves> halves) {
        double share = objective.examples() == 0 ? 0 : (double) objective.sampleExamples() / objective.examples();
        double scale = Math.sqrt(Math.max(0, 1 - share)) / 2;
        double[] signed = new double[2 * weights.length];
        List<FlatVector> gradients = new ArrayList<>();
        for (int node = 0; node < weights.length; node++) {
            signed[2 * node] = scale * weights[node];
            signed[2 * node + 1] = -scale * weights[node];
            gradients.add(halves.get(node).first().gradient());
            gradients.add(halves.get(node).second().gradient());
        }
        return FlatVector.sum(signed, gradients);
    }

    /** Decides by earlier segments alone, so that the decision does not bias the estimate of this one. */
    private void moveAnchor(Segment segment) {
        if (segmentsToNextAnchor-- <= 0) {
            FlatVector point = segment.at(0, settings.type());
            next = objective
                    .evaluateAll(point)
                    .map(pass -> new NextAnchor(point, pass))
                    .orElse(null);
            segmentsToNextAnchor =
                    (long) SETS_BETWEEN_ANCHORS * objective.examples() / Math.max(1, objective.sampleExamples()) - 1;
        }
        if (!gain.isGain()) {
            anchor = null;
        }
        NextAnchor moving = next;
        if (moving != null) {
            next = null; // a pass that fails would go on without what it was evaluating
            int portion = weights().length; // what a segment evaluates itself without an anchor
            Optional<Evaluation> whole =
                    timing.evaluate(portion, () -> moving.pass().advance(portion));
            if (whole.isPresent()) {
                anchor = new Anchor(moving.point(), typed(whole.get()));
                gain = new AnchorGain();
            } else if (!moving.pass().hasEnded()) {
                next = moving;
            }
        }
    }

    private record NextAnchor(FlatVector point, Pass pass) {}
}
