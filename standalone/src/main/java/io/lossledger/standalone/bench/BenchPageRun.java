package io.lossledger.standalone.bench;

import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.SquareSums;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.books.RunBookUpdater;
import io.lossledger.streams.replay.RowSink;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.RunBook;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.IntConsumer;

/** The rows of a run that is still running, with ten steps a second and random numbers, from the processor's own books. */
final class BenchPageRun {
    static final String RUN = "bench";
    private static final int STEP_MILLIS = 100;
    private static final int COMMIT_STEPS = 500;
    private static final int NEWEST_STEPS = 1_000;
    private static final long PARAMETERS = 1_000;

    private final int steps;
    private final int layers;
    private final boolean onlyNewest;
    private final Random random = new Random(1);
    private final long started;
    private double loss = 8;

    /** @param onlyNewest whether rows of all but the newest thousand steps are left out, except those of buckets */
    BenchPageRun(int steps, int layers, boolean onlyNewest) {
        this.steps = steps;
        this.layers = layers;
        this.onlyNewest = onlyNewest;
        started = System.currentTimeMillis() - (long) STEP_MILLIS * steps;
    }

    /** @param rows receives all rows but those of buckets, unless only the newest are wanted; {@code buckets} all */
    void write(RowSink rows, RowSink buckets, IntConsumer progress) {
        RunManifest manifest = manifest();
        rows.accept(LedgerTopic.RUN, RUN, manifest, started);
        buckets.accept(LedgerTopic.RUN, RUN, manifest, started);
        RunBookUpdater updater = new RunBookUpdater(ResultSettings.DEFAULT);
        RunBook book = RunBook.getDefaultInstance();
        for (int step = 0; step < steps; step++) {
            long time = started + (long) STEP_MILLIS * step;
            RunBookUpdater.Entry entry = updater.enter(book, step(step, time), new Gap(step, step, List.of()));
            book = entry.book();
            for (Row row : entry.rows()) {
                boolean bucket = row.topic() == LedgerTopic.BUCKET;
                if (bucket || !onlyNewest || step >= steps - NEWEST_STEPS) {
                    buckets.accept(row.topic(), RUN, row.value(), time);
                }
                if (!bucket && !onlyNewest) {
                    rows.accept(row.topic(), RUN, row.value(), time);
                }
            }
            if (step % COMMIT_STEPS == 0) {
                rows.commit();
                buckets.commit();
                progress.accept(step);
            }
        }
        rows.commit();
        buckets.commit();
    }

    private RunManifest manifest() {
        RunManifest.Builder manifest = RunManifest.newBuilder()
                .setRun(RUN)
                .setStatus(RunStatus.RUN_STATUS_RUNNING)
                .setStarted(Timestamps.fromMillis(started))
                .addObjectives(ObjectiveManifest.newBuilder().setName("train"));
        for (int layer = 0; layer < layers; layer++) {
            manifest.addLayers(LayerManifest.newBuilder().setLayer(name(layer)));
        }
        return manifest.build();
    }

    private BalancedStep step(int step, long time) {
        List<BalancedStep.Layer> all = new ArrayList<>();
        AllocationSums model = AllocationSums.EMPTY;
        for (int layer = 0; layer < layers; layer++) {
            AllocationSums sums = sums();
            model = model.plus(sums);
            all.add(new BalancedStep.Layer(
                    layer, name(layer), sums, null, OptionalDouble.empty(), OptionalLong.empty()));
        }
        double next = loss + model.sum();
        ObjectiveFacts facts = ObjectiveFacts.newBuilder()
                .setName("train")
                .setWeight(1)
                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                .setLossStart(loss)
                .setLossEnd(next)
                .build();
        loss = next;
        return new BalancedStep(
                RUN,
                step,
                1,
                0,
                StepFacts.newBuilder()
                        .setMinibatchLoss(next + random.nextGaussian() / 100)
                        .setLearningRate(0.05)
                        .build(),
                Timestamps.fromMillis(time),
                time,
                List.of(new BalancedStep.Objective(facts, "simpson-2", false, all, model, OptionalDouble.empty())));
    }

    private AllocationSums sums() {
        double help = -random.nextDouble() * 1e-5;
        double harm = random.nextDouble() * 1e-5;
        double sum = help + harm;
        long helped = random.nextInt((int) PARAMETERS);
        return new AllocationSums(
                PARAMETERS,
                helped,
                PARAMETERS - helped,
                0,
                0,
                sum,
                help,
                harm,
                1e-12 * random.nextDouble(),
                help / 10,
                harm / 10,
                sum * 1.01,
                1e-7 * random.nextDouble(),
                new SquareSums(random.nextDouble(), 1e-4 * random.nextDouble()));
    }

    private static String name(int layer) {
        return "layer" + layer;
    }
}
