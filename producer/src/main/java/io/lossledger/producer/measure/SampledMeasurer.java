package io.lossledger.producer.measure;

import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.producer.measure.SampledObjective.Halves;
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
 * segment, however large the set. If the samples since the last move show that it does not help, segments do not use it
 * until it moves.
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
        double[] contrast = new double[delta.length()];
        double[] atAnchor = new double[delta.length()];
        Anchor.Correction correction = null;
        if (anchor != null) {
            Halves there = evaluate(sample, anchor.point());
            correction = anchor.correct(there);
            addContrast(atAnchor, there, -1);
        }
        double[] weights = settings.rule() == Rule.FIRST_ORDER ? FIRST_ORDER : RK4;
        List<Optional<FlatVector>> nodes = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        for (int node = 0; node < weights.length; node++) {
            FlatVector point = segment.at((double) node / (weights.length - 1), settings.type());
            Halves halves = evaluate(sample, point);
            double loss = (halves.first().loss() + halves.second().loss()) / 2;
            double[] mean = new double[delta.length()];
            halves.first().gradient().addScaledTo(mean, 0.5);
            halves.second().gradient().addScaledTo(mean, 0.5);
            if (correction != null) {
                loss += correction.loss(point);
                correction.addGradientTo(mean);
            }
            losses.add(loss);
            nodes.add(weights[node] == 0 ? Optional.empty() : Optional.of(FlatVector.of(settings.type(), mean)));
            addContrast(contrast, halves, weights[node]);
        }
        if (correction != null) {
            double plain = product(delta, contrast);
            FlatVector.of(atAnchor).addScaledTo(contrast, 1);
            gain.add(plain, product(delta, contrast));
        }
        return new ObjectiveStep(
                objective.name(),
                objective.weight(),
                ObjectiveKind.OBJECTIVE_KIND_SAMPLED,
                losses.get(0),
                losses.get(losses.size() - 1),
                new SegmentGradient.Nodes(nodes),
                false,
                Optional.of(FlatVector.of(settings.type(), contrast)));
    }

    private Halves evaluate(Sample sample, FlatVector point) {
        return timing.evaluate(() -> sample.evaluate(point));
    }

    /** Half the difference of the halves; less if the sample is a large part of its set. */
    private void addContrast(double[] contrast, Halves halves, double weight) {
        double share = objective.examples() == 0 ? 0 : (double) objective.sampleExamples() / objective.examples();
        double scale = weight * Math.sqrt(Math.max(0, 1 - share)) / 2;
        halves.first().gradient().addScaledTo(contrast, scale);
        halves.second().gradient().addScaledTo(contrast, -scale);
    }

    private static double product(FlatVector delta, double[] contrast) {
        double sum = 0;
        for (int i = 0; i < contrast.length; i++) {
            sum += delta.get(i) * contrast[i];
        }
        return sum;
    }

    /** Decides by earlier segments alone, so that the decision does not bias the estimate of this one. */
    private void moveAnchor(Segment segment) {
        if (segmentsToNextAnchor-- > 0) {
            if (!gain.isGain()) {
                anchor = null;
            }
            return;
        }
        gain = new AnchorGain();
        FlatVector point = segment.at(0, settings.type());
        anchor = timing.evaluate(() -> objective.evaluateAll(point))
                .map(whole -> new Anchor(point, whole))
                .orElse(null);
        segmentsToNextAnchor =
                (long) SETS_BETWEEN_ANCHORS * objective.examples() / Math.max(1, objective.sampleExamples()) - 1;
    }
}
