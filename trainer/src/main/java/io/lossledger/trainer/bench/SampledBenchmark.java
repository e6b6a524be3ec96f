package io.lossledger.trainer.bench;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.LedgerObjective;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.StratifiedSample;
import io.lossledger.trainer.TrainingSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Compares the sampled objective with the full set on the same training: its cost, its error, and how often its
 * interval covers the truth. For comparison it also shows the estimates from the step's own minibatch, and from the own
 * and next minibatch weighted by their shares of the set. Used by one thread.
 */
public final class SampledBenchmark {
    private final BenchmarkSettings settings;
    private final int replicates;

    /** @param replicates independent samples drawn in each step: more of them make the coverage more certain */
    public SampledBenchmark(BenchmarkSettings settings, int replicates) {
        if (replicates < 1) {
            throw new IllegalArgumentException("replicates: must be at least 1. Found: " + replicates);
        }
        this.settings = settings;
        this.replicates = replicates;
    }

    /**
     * The results of one optimizer.
     *
     * @param plainSteps time of a step with the sampled objective, in plain training steps, without parallelism
     * @param fullPlainSteps the same with the full objective
     * @param sampled errors of the sampled objective
     * @param ownBatch errors of the step's own minibatch
     * @param ownAndNext errors of own and next minibatch, weighted by their shares of the set
     */
    public record Result(
            Optimizer optimizer,
            double plainSteps,
            double fullPlainSteps,
            List<WindowErrors.Row> sampled,
            List<WindowErrors.Row> ownBatch,
            List<WindowErrors.Row> ownAndNext) {}

    /** @throws IOException when the data set cannot be read */
    public Result run(Optimizer optimizer, IntConsumer progress) throws IOException {
        TrainingWalk walk = new TrainingWalk(settings, optimizer);
        ModelLayout layout = NetworkLayout.of(walk.network());
        MeasureSettings measure = MeasureSettings.DEFAULT;
        try (EvaluationPool pool = new EvaluationPool(walk.network(), settings.threads(), measure.type())) {
            StepMeasurer full = new StepMeasurer(List.of(full(walk, pool)), layout, measure);
            List<StepMeasurer> samples = new ArrayList<>();
            for (int replicate = 0; replicate < replicates; replicate++) {
                samples.add(new StepMeasurer(List.of(sampled(walk, pool, replicate)), layout, measure));
            }
            WindowErrors truth = new WindowErrors(layout);
            List<WindowErrors> sampledErrors = new ArrayList<>();
            samples.forEach(sample -> sampledErrors.add(new WindowErrors(layout)));
            WindowErrors own = new WindowErrors(layout);
            WindowErrors both = new WindowErrors(layout);
            TrainingWalk.Step step = walk.next();
            for (int number = 0; number < settings.steps(); number++) {
                TrainedSegment segment = step.segment();
                truth.add(LayerAllocation.lca(layout, full.measure(segment), 0));
                for (int replicate = 0; replicate < replicates; replicate++) {
                    StepUpdate update = samples.get(replicate).measure(segment);
                    sampledErrors.get(replicate).add(LayerAllocation.lca(layout, update, 0));
                    sampledErrors.get(replicate).addError(LayerAllocation.samplingError(layout, update, 0));
                }
                double[] onOwn = onBatch(pool, layout, step.batch(), segment);
                step = walk.next();
                double[] onNext = onBatch(pool, layout, step.batch(), segment);
                own.add(onOwn);
                both.add(weighted(
                        onOwn,
                        onNext,
                        (double) step.batch().numExamples()
                                / walk.data().train().size()));
                progress.accept(number);
            }
            double plain = walk.secondsPerStep();
            return new Result(
                    optimizer,
                    1 + secondsPerStep(samples.get(0)) / plain,
                    1 + secondsPerStep(full) / plain,
                    WindowErrors.rows(truth, sampledErrors),
                    WindowErrors.rows(truth, List.of(own)),
                    WindowErrors.rows(truth, List.of(both)));
        }
    }

    private LedgerObjective full(TrainingWalk walk, EvaluationPool pool) {
        int[] all = StratifiedSample.of(walk.data().train(), 0, settings.seed());
        int chunk = settings.network().defaultChunkExamples();
        return pool.objective("train", 1, TrainingSet.rows(walk.data().train(), all), chunk);
    }

    private LedgerObjective sampled(TrainingWalk walk, EvaluationPool pool, int replicate) {
        long seed = settings.seed() + replicate;
        return pool.sampled("sampled", 1, ObjectiveChoice.source(walk.data().train(), settings.sampleSize(), seed));
    }

    private static double[] onBatch(EvaluationPool pool, ModelLayout layout, DataSet batch, TrainedSegment segment) {
        LedgerObjective objective = pool.objective("batch", 1, batch, batch.numExamples());
        StepMeasurer measurer = new StepMeasurer(List.of(objective), layout, MeasureSettings.DEFAULT);
        return LayerAllocation.lca(layout, measurer.measure(segment), 0);
    }

    private static double[] weighted(double[] own, double[] next, double share) {
        double[] sum = new double[own.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = share * own[i] + (1 - share) * next[i];
        }
        return sum;
    }

    private double secondsPerStep(StepMeasurer measurer) {
        return measurer.timing().time().toNanos() / 1e9 / settings.steps();
    }
}
