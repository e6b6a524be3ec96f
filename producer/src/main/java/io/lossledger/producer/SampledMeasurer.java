package io.lossledger.producer;

import io.lossledger.producer.MeasureSettings.Rule;
import io.lossledger.producer.SampledObjective.Halves;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures an objective on a sample drawn anew for each segment, at s = 0, ½ and 1; never refined, because the sampling
 * error is far above that of the quadrature.
 */
final class SampledMeasurer implements SegmentMeasurer {
    private static final double[] RK4 = {1 / 6.0, 4 / 6.0, 1 / 6.0};
    private static final double[] FIRST_ORDER = {1, 0};

    private final SampledObjective objective;
    private final MeasureSettings settings;
    private final MeasureTiming timing;

    SampledMeasurer(SampledObjective objective, MeasureSettings settings, MeasureTiming timing) {
        this.objective = objective;
        this.settings = settings;
        this.timing = timing;
    }

    @Override
    public ObjectiveStep measure(Segment segment, FlatVector delta, GradientBudget budget) {
        SampledObjective.Sample sample = objective.draw();
        double[] weights = settings.rule() == Rule.FIRST_ORDER ? FIRST_ORDER : RK4;
        List<Optional<FlatVector>> nodes = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        double[] contrast = new double[delta.length()];
        for (int node = 0; node < weights.length; node++) {
            double s = (double) node / (weights.length - 1);
            FlatVector point = segment.at(s, settings.type());
            Halves halves = timing.evaluate(() -> sample.evaluate(point));
            losses.add((halves.first().loss() + halves.second().loss()) / 2);
            nodes.add(weights[node] == 0 ? Optional.empty() : Optional.of(mean(halves, settings.type())));
            halves.first().gradient().addScaledTo(contrast, weights[node] * halfOfContrast());
            halves.second().gradient().addScaledTo(contrast, -weights[node] * halfOfContrast());
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

    /** A sample that is a large part of its set says more than its halves' difference shows. */
    private double halfOfContrast() {
        double share = objective.examples() == 0 ? 0 : (double) objective.sampleExamples() / objective.examples();
        return Math.sqrt(Math.max(0, 1 - share)) / 2;
    }

    private static FlatVector mean(Halves halves, ElementType type) {
        double[] mean = new double[halves.first().gradient().length()];
        halves.first().gradient().addScaledTo(mean, 0.5);
        halves.second().gradient().addScaledTo(mean, 0.5);
        return FlatVector.of(type, mean);
    }
}
