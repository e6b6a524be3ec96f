package io.lossledger.trainer.bench;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.StratifiedSample;
import io.lossledger.trainer.TrainingSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.nd4j.linalg.dataset.DataSet;

/**
 * How well the books balance with each rule: the same training measured with first order, one RK4 step and refinement,
 * in float32 and float64. Used by one thread.
 */
public final class AccuracyBenchmark {
    private static final int REFINED_SPLITS = 32;

    private final BenchmarkSettings settings;

    public AccuracyBenchmark(BenchmarkSettings settings) {
        this.settings = settings;
    }

    /**
     * One line of the table.
     *
     * @param rule {@code first-order}, {@code rk4} or {@code refined}
     * @param gradients average number of gradients per step
     * @param median median of |residual| / |loss change| over the steps
     * @param max largest of |residual| / |loss change| over the steps
     * @param cumulated |sum of residuals| / |sum of loss changes|
     * @param capped steps that were inaccurate even with the most splits
     */
    public record Row(
            Optimizer optimizer,
            String rule,
            ElementType type,
            double gradients,
            double median,
            double max,
            double cumulated,
            int capped) {}

    /** @throws IOException when the data set cannot be read */
    public List<Row> run(Optimizer optimizer, IntConsumer progress) throws IOException {
        TrainingWalk walk = new TrainingWalk(settings, optimizer);
        ModelLayout layout = NetworkLayout.of(walk.network());
        int[] sample = StratifiedSample.of(walk.data().train(), settings.objectiveSize(), settings.seed());
        DataSet examples = TrainingSet.rows(walk.data().train(), sample);
        try (EvaluationPool single = pool(walk, ElementType.ELEMENT_TYPE_FLOAT32);
                EvaluationPool doublePrecision = pool(walk, ElementType.ELEMENT_TYPE_FLOAT64)) {
            List<Column> columns = new ArrayList<>();
            for (EvaluationPool pool : List.of(single, doublePrecision)) {
                ElementType type = pool == single ? ElementType.ELEMENT_TYPE_FLOAT32 : ElementType.ELEMENT_TYPE_FLOAT64;
                Objective objective =
                        pool.objective("train", 1, examples, settings.network().defaultChunkExamples());
                columns.add(new Column("first-order", objective, layout, settings(type, Rule.FIRST_ORDER, 2)));
                columns.add(new Column("rk4", objective, layout, settings(type, Rule.RK4, 2)));
                columns.add(new Column("refined", objective, layout, settings(type, Rule.RK4, REFINED_SPLITS)));
            }
            for (int step = 0; step < settings.steps(); step++) {
                TrainedSegment segment = walk.next().segment();
                columns.forEach(column -> column.add(segment));
                progress.accept(step);
            }
            return columns.stream().map(column -> column.row(optimizer)).toList();
        }
    }

    private EvaluationPool pool(TrainingWalk walk, ElementType type) {
        return new EvaluationPool(walk.network(), settings.threads(), type);
    }

    private static MeasureSettings settings(ElementType type, Rule rule, int maxSplits) {
        return new MeasureSettings(
                type,
                rule,
                maxSplits,
                MeasureSettings.DEFAULT_ABSOLUTE_TOLERANCE,
                MeasureSettings.DEFAULT_RELATIVE_TOLERANCE,
                0);
    }

    /** The residuals of one rule. */
    private static final class Column {
        private final String rule;
        private final ModelLayout layout;
        private final MeasureSettings settings;
        private final StepMeasurer measurer;
        private final List<Double> relative = new ArrayList<>();
        private double residual;
        private double lossChange;
        private int capped;

        Column(String rule, Objective objective, ModelLayout layout, MeasureSettings settings) {
            this.rule = rule;
            this.layout = layout;
            this.settings = settings;
            this.measurer = new StepMeasurer(List.of(objective), layout, settings);
        }

        void add(TrainedSegment segment) {
            StepUpdate step = measurer.measure(segment);
            ObjectiveStep objective = step.objectives().get(0);
            double lca = Arrays.stream(LayerAllocation.lca(layout, step, 0)).sum();
            residual += objective.lossChange() - lca;
            lossChange += objective.lossChange();
            relative.add(Math.abs((objective.lossChange() - lca) / objective.lossChange()));
            capped += objective.capped() ? 1 : 0;
        }

        Row row(Optimizer optimizer) {
            double[] sorted =
                    relative.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return new Row(
                    optimizer,
                    rule,
                    settings.type(),
                    (double) measurer.timing().evaluations() / sorted.length,
                    sorted[sorted.length / 2],
                    sorted[sorted.length - 1],
                    Math.abs(residual / lossChange),
                    capped);
        }
    }
}
