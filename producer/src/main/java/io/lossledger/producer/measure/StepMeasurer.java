package io.lossledger.producer.measure;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.LedgerName;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the segments of a run one after the other, in all objectives. Not thread-safe, except for {@link #timing}.
 */
public final class StepMeasurer {
    private final MeasureSettings settings;
    private final List<SegmentMeasurer> measurers = new ArrayList<>();
    private final int leastGradients;
    private final MeasureTiming timing = new MeasureTiming();

    /**
     * @throws IllegalArgumentException when there are no objectives, a name is invalid, two have the same name, or the
     *     budget is too small
     */
    public StepMeasurer(List<? extends LedgerObjective> objectives, ModelLayout layout, MeasureSettings settings) {
        this.settings = settings;
        this.leastGradients = requireBudget(objectives, settings);
        for (LedgerObjective objective : objectives) {
            if (objective instanceof SampledObjective sampled) {
                measurers.add(new SampledMeasurer(sampled, settings, timing));
            } else {
                measurers.add(new FixedMeasurer((Objective) objective, layout, settings, timing));
            }
        }
    }

    /** Evaluates the gradients of a segment in each objective. */
    public StepUpdate measure(TrainedSegment trained) {
        Segment segment = new Segment(trained.start(), trained.end());
        FlatVector delta = segment.delta(settings.type());
        GradientBudget budget = new GradientBudget(settings.maxGradients());
        budget.spend(leastGradients);
        List<ObjectiveStep> results = new ArrayList<>();
        for (SegmentMeasurer measurer : measurers) {
            results.add(measurer.measure(segment, delta, budget));
        }
        List<StepUpdate.Part> parts = trained.parts().entrySet().stream()
                .map(part -> new StepUpdate.Part(part.getKey(), FlatVector.of(settings.type(), part.getValue())))
                .toList();
        return new StepUpdate(trained.step(), trained.stepsCovered(), delta, parts, results, trained.facts());
    }

    /** What the gradients have cost so far. */
    public MeasureTiming timing() {
        return timing;
    }

    private static int requireBudget(List<? extends LedgerObjective> objectives, MeasureSettings measure) {
        objectives.forEach(objective -> LedgerName.require("objective", objective.name()));
        List<String> names =
                objectives.stream().map(LedgerObjective::name).distinct().toList();
        if (names.isEmpty() || names.size() < objectives.size()) {
            throw new IllegalArgumentException("objectives: must be at least one, each with a name of its own. Found: "
                    + objectives.stream().map(LedgerObjective::name).toList());
        }
        int sampled = (int)
                objectives.stream().filter(SampledObjective.class::isInstance).count();
        int least = measure.leastGradients(objectives.size() - sampled, sampled);
        if (measure.maxGradients() != 0 && measure.maxGradients() < least) {
            throw new IllegalArgumentException("max-gradients-per-step: must be at least " + least + " for "
                    + objectives.size() + " objectives. Found: " + measure.maxGradients());
        }
        return least;
    }
}
