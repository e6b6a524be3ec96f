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
        List<String> names = objectives.stream().map(LedgerObjective::name).toList();
        requireNames(names);
        int samples = (int)
                objectives.stream().filter(SampledObjective.class::isInstance).count();
        this.leastGradients = requireBudget(names.size() - samples, samples, settings);
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

    /**
     * Checks that a recorded run can be measured.
     *
     * @param names names of its fixed objectives
     * @throws IllegalArgumentException as for measuring
     */
    public static void require(List<String> names, MeasureSettings settings) {
        requireNames(names);
        requireBudget(names.size(), 0, settings);
    }

    private static void requireNames(List<String> names) {
        names.forEach(name -> LedgerName.require("objective", name));
        if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException(
                    "objectives: must be at least one, each with a name of its own. Found: " + names);
        }
    }

    private static int requireBudget(int fixed, int sampled, MeasureSettings settings) {
        int least = settings.leastGradients(fixed, sampled);
        if (settings.maxGradients() != 0 && settings.maxGradients() < least) {
            throw new IllegalArgumentException("max-gradients-per-step: must be at least " + least + " for "
                    + (fixed + sampled) + " objectives. Found: " + settings.maxGradients());
        }
        return least;
    }
}
