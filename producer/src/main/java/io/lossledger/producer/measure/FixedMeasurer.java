package io.lossledger.producer.measure;

import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.protocol.v1.ObjectiveKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures an objective over fixed examples. The gradient at the end of a segment is reused at the start of the next,
 * so an RK4 step costs two gradients, and a step refined to n splits costs n.
 *
 * <p>A segment is refined while its residual, or the error estimate of any layer, is above the tolerance: the residual
 * alone would miss errors that cancel between layers. Memory: the gradients of the finest rule.
 */
final class FixedMeasurer implements SegmentMeasurer {
    private final Objective objective;
    private final ModelLayout layout;
    private final MeasureSettings settings;
    private final MeasureTiming timing;
    private Optional<FlatVector> lastEnd = Optional.empty();
    private Optional<Objective.Evaluation> atLastEnd = Optional.empty();

    FixedMeasurer(Objective objective, ModelLayout layout, MeasureSettings settings, MeasureTiming timing) {
        this.objective = objective;
        this.layout = layout;
        this.settings = settings;
        this.timing = timing;
    }

    @Override
    public ObjectiveStep measure(Segment segment, FlatVector delta, GradientBudget budget) {
        Objective.Evaluation first = atLastEnd
                .filter(reused -> lastEnd.filter(segment.start()::hasElementsOf).isPresent())
                .orElseGet(() -> evaluate(segment, 0));
        if (settings.rule() == Rule.FIRST_ORDER) {
            Objective.Evaluation last = evaluateEnd(segment);
            List<Optional<FlatVector>> start = List.of(Optional.of(first.gradient()), Optional.empty());
            return step(first, last, new SegmentGradient.Nodes(start), false);
        }
        FlatVector middle = evaluate(segment, 0.5).gradient();
        Objective.Evaluation last = evaluateEnd(segment);
        List<FlatVector> nodes = List.of(first.gradient(), middle, last.gradient());
        if (!settings.refines()) {
            return step(
                    first,
                    last,
                    new SegmentGradient.Nodes(nodes.stream().map(Optional::of).toList()),
                    false);
        }
        double lossChange = last.loss() - first.loss();
        AllocationEstimate estimate = AllocationEstimate.of(layout, delta, nodes);
        boolean capped = false;
        while (!estimate.isWithin(settings, lossChange)) {
            int splits = nodes.size() - 1;
            capped = 2 * splits > settings.maxSplits() || !budget.trySpend(splits);
            if (capped) {
                break;
            }
            nodes = doubled(segment, nodes);
            estimate = AllocationEstimate.of(layout, delta, nodes);
        }
        return step(first, last, estimate.averaged(settings.type()), capped);
    }

    private Objective.Evaluation evaluate(Segment segment, double s) {
        FlatVector point = segment.at(s, settings.type());
        return timing.evaluate(() -> objective.evaluate(point));
    }

    private Objective.Evaluation evaluateEnd(Segment segment) {
        Objective.Evaluation last = evaluate(segment, 1);
        lastEnd = Optional.of(segment.end());
        atLastEnd = Optional.of(last);
        return last;
    }

    private List<FlatVector> doubled(Segment segment, List<FlatVector> nodes) {
        int splits = 2 * (nodes.size() - 1);
        List<FlatVector> finer = new ArrayList<>();
        for (int node = 0; node <= splits; node++) {
            double s = (double) node / splits;
            boolean known = node % 2 == 0;
            finer.add(known ? nodes.get(node / 2) : evaluate(segment, s).gradient());
        }
        return finer;
    }

    private ObjectiveStep step(
            Objective.Evaluation first, Objective.Evaluation last, SegmentGradient gradient, boolean capped) {
        return new ObjectiveStep(
                objective.name(),
                objective.weight(),
                ObjectiveKind.OBJECTIVE_KIND_FIXED,
                first.loss(),
                last.loss(),
                gradient,
                capped,
                Optional.empty());
    }
}
