package io.lossledger.streams.metrics;

import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.SquareSums;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.books.RunBookUpdater;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.RunBook;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.apache.kafka.streams.processor.TaskId;

/** The metrics of simulated runs, to measure what showing them costs. Not thread-safe. */
public final class MetricsBenchmark implements AutoCloseable {
    private static final TaskId TASK = new TaskId(0, 0);

    private final RunBookUpdater updater = new RunBookUpdater(ResultSettings.DEFAULT);
    private final SplittableRandom random = new SplittableRandom(1);
    private final LedgerMetrics metrics;
    private final List<RunBook> books = new ArrayList<>();
    private final int layers;
    private final int units;
    private int steps;

    /**
     * @param runs concurrent runs
     * @param layers layers of each run's model
     * @param units units of each layer
     */
    public MetricsBenchmark(MeterRegistry registry, int runs, int layers, int units) {
        this.metrics = new LedgerMetrics(registry, Clock.systemUTC());
        this.layers = layers;
        this.units = units;
        for (int run = 0; run < runs; run++) {
            books.add(RunBook.getDefaultInstance());
        }
    }

    /** Books a step of every run; returns the total nanoseconds spent on showing them. */
    public long step() {
        long shown = 0;
        for (int run = 0; run < books.size(); run++) {
            String name = "run-" + run;
            RunBookUpdater.Entry entry =
                    updater.enter(books.get(run), balanced(name), new Gap(steps, steps, List.of()));
            books.set(run, entry.book());
            long start = System.nanoTime();
            metrics.entered(TASK, name, entry.book(), entry.rows(), System.currentTimeMillis());
            shown += System.nanoTime() - start;
        }
        steps++;
        return shown;
    }

    @Override
    public void close() {
        metrics.close();
    }

    private BalancedStep balanced(String run) {
        List<BalancedStep.Layer> balanced = new ArrayList<>();
        AllocationSums model = AllocationSums.EMPTY;
        for (int layer = 0; layer < layers; layer++) {
            double[] lca = random.doubles(units, -1e-3, 1e-3).toArray();
            AllocationSums sums = sums(lca);
            model = model.plus(sums);
            balanced.add(new BalancedStep.Layer(
                    layer, "layer" + layer, sums, lca, OptionalDouble.empty(), OptionalLong.of(random.nextInt(units))));
        }
        ObjectiveFacts facts = ObjectiveFacts.newBuilder()
                .setName("train")
                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                .setLossStart(1)
                .setLossEnd(1 + model.sum())
                .build();
        StepFacts step = StepFacts.newBuilder()
                .setLearningRate(0.1)
                .setMinibatchLoss(random.nextDouble())
                .build();
        long now = System.currentTimeMillis();
        return new BalancedStep(
                run,
                steps,
                1,
                0,
                step,
                Timestamps.fromMillis(now),
                now,
                List.of(new BalancedStep.Objective(
                        facts, "simpson-2", false, balanced, model, OptionalDouble.empty())));
    }

    /** One parameter a unit. */
    private static AllocationSums sums(double[] lca) {
        double help = 0;
        double harm = 0;
        double squares = 0;
        int helped = 0;
        for (double a : lca) {
            help += Math.min(a, 0);
            harm += Math.max(a, 0);
            squares += a * a;
            helped += a < 0 ? 1 : 0;
        }
        return new AllocationSums(
                lca.length,
                helped,
                lca.length - helped,
                0,
                0,
                help + harm,
                help,
                harm,
                squares,
                -1e-3,
                1e-3,
                help + harm,
                0,
                new SquareSums(lca.length, squares));
    }
}
