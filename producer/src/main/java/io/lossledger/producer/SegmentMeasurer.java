package io.lossledger.producer;

import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Evaluates one objective along segments of the trajectory. The gradient at the end of a segment is used again at the
 * start of the next, so a step costs {@code splits} evaluations. Not thread-safe.
 */
public final class SegmentMeasurer {
    private final Objective objective;
    private final ElementType type;
    private final int splits;
    private double[] lastEnd = new double[0];
    private Optional<Objective.Evaluation> atLastEnd = Optional.empty();

    /**
     * Measures by composite Simpson's rule.
     *
     * @param type element type of the evaluation
     * @param splits splits of the segment, even, from 2 to 32
     * @throws IllegalArgumentException when {@code splits} is another number
     */
    public SegmentMeasurer(Objective objective, ElementType type, int splits) {
        this.objective = objective;
        this.type = type;
        this.splits = Quadrature.simpson(splits).splits();
    }

    /** Evaluates at s = 0, 1/n, …, 1 between two points of the flat parameters. */
    public ObjectiveStep measure(double[] start, double[] end) {
        List<Optional<FlatVector>> nodes = new ArrayList<>();
        Objective.Evaluation first = atLastEnd
                .filter(reused -> Arrays.equals(start, lastEnd))
                .orElseGet(() -> objective.evaluate(FlatVector.of(type, start)));
        nodes.add(Optional.of(first.gradient()));
        for (int node = 1; node < splits; node++) {
            FlatVector point = FlatVector.of(type, between(start, end, (double) node / splits));
            nodes.add(Optional.of(objective.evaluate(point).gradient()));
        }
        Objective.Evaluation last = objective.evaluate(FlatVector.of(type, end));
        nodes.add(Optional.of(last.gradient()));
        lastEnd = end;
        atLastEnd = Optional.of(last);
        return new ObjectiveStep(
                objective.name(),
                objective.weight(),
                ObjectiveKind.OBJECTIVE_KIND_FIXED,
                "",
                first.loss(),
                last.loss(),
                nodes,
                false);
    }

    private static double[] between(double[] start, double[] end, double s) {
        double[] point = new double[start.length];
        for (int i = 0; i < point.length; i++) {
            point[i] = start[i] + s * (end[i] - start[i]);
        }
        return point;
    }
}
