package io.lossledger.dashboards.live;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.PartTotal;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * A run with missing steps, segments of several steps, a part, a fixed objective and a sampled one, and a layer that is new in the middle.
 * All numbers are multiples of 1/64, so that their sums are exact in any order.
 */
final class RandomRun {
    static final List<String> OBJECTIVES = List.of("train", "sampled");
    private static final int LAYERS = 3;

    final List<Integer> booked = new ArrayList<>();
    final List<StepRow> steps = new ArrayList<>();
    final List<LayerRow> layers = new ArrayList<>();
    private final Random random;

    RandomRun(int segments, int seed) {
        random = new Random(seed);
        int step = -1;
        int missing = 0;
        for (int i = 0; i < segments; i++) {
            int covered = 1 + random.nextInt(3);
            int gap = random.nextInt(9) == 0 ? 2 : 0;
            step += covered + gap;
            missing += gap;
            booked.add(step);
            for (String objective : OBJECTIVES) {
                addRows(step, i, missing, objective);
            }
        }
    }

    /** The rows of a run's buckets of that many booked steps, up to one that is not full. */
    List<BucketRow> buckets(int size) {
        List<BucketRow> rows = new ArrayList<>();
        for (int from = 0; from + size <= booked.size(); from += size) {
            for (String objective : OBJECTIVES) {
                rows.add(bucket(objective, from, from + size));
            }
        }
        return rows;
    }

    /** The last rows of the run, after buckets of that size. */
    List<BucketRow> lastBucket(int size) {
        List<BucketRow> rows = new ArrayList<>();
        for (String objective : OBJECTIVES) {
            rows.add(bucket(objective, booked.size() / size * size, booked.size()).toBuilder()
                    .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                    .build());
        }
        return rows;
    }

    private void addRows(int step, int place, int missing, String objective) {
        boolean sampled = objective.equals("sampled");
        StepRow.Builder row = StepRow.newBuilder()
                .setStep(step)
                .setTime(Timestamps.fromMillis(1_700_000_000_000L + 10L * step))
                .setObjective(objective)
                .setLossStart(number())
                .setLossEnd(number())
                .setCumulativeLossChange(number())
                .setCumulativeLca(number())
                .setCumulativeResidual(number())
                .setHelpedParameters(1 + random.nextInt(9))
                .setHurtParameters(random.nextInt(9))
                .setZeroParameters(random.nextInt(9))
                .setStepsBooked(place + 1)
                .setMissingSteps(missing);
        if (random.nextBoolean()) {
            row.setMinibatchLoss(number()).setLearningRate(number());
        }
        if (sampled) {
            row.setSamplingError(random.nextInt(9));
        }
        steps.add(row.build());
        steps.add(row.setPart("gradient").setCumulativeLca(number()).build());
        for (int index = 0; index < (place < 30 ? LAYERS - 1 : LAYERS); index++) {
            LayerRow.Builder layer = LayerRow.newBuilder()
                    .setStep(step)
                    .setObjective(objective)
                    .setLayer("layer-" + index)
                    .setLayerIndex(index)
                    .setParameters(10 + index)
                    .setLca(number())
                    .setHelp(number())
                    .setHarm(number())
                    .setCumulativeLca(number());
            if (index != 1 || random.nextInt(50) > 0) {
                layer.setGradientNorm(random.nextInt(64)).setDeltaNorm(random.nextInt(64));
            }
            if (sampled) {
                layer.setSamplingError(random.nextInt(9));
            }
            layers.add(layer.build());
        }
    }

    private double number() {
        return random.nextInt(-640, 640) / 64.0;
    }

    private BucketRow bucket(String objective, int from, int to) {
        List<Integer> inside = booked.subList(from, to);
        List<StepRow> of = steps.stream()
                .filter(row -> row.getObjective().equals(objective) && inside.contains(row.getStep()))
                .toList();
        List<StepRow> whole = of.stream().filter(row -> row.getPart().isEmpty()).toList();
        BucketRow.Builder bucket = BucketRow.newBuilder()
                .setObjective(objective)
                .setRows(OBJECTIVES.size())
                .setStepsBefore(from)
                .setStepsBooked(to)
                .setSteps(whole.size());
        if (whole.isEmpty()) {
            return bucket.setMissingSteps(steps.get(steps.size() - 1).getMissingSteps())
                    .build();
        }
        StepRow last = whole.get(whole.size() - 1);
        bucket.setFirstStep(whole.get(0).getStep())
                .setLastStep(last.getStep())
                .setTime(last.getTime())
                .setMissingSteps(last.getMissingSteps())
                .setLossStart(steps.stream()
                        .filter(row -> row.getObjective().equals(objective))
                        .findFirst()
                        .orElseThrow()
                        .getLossStart())
                .setLossEnd(last.getLossEnd())
                .setCumulativeLossChange(last.getCumulativeLossChange())
                .setCumulativeLca(last.getCumulativeLca())
                .setCumulativeResidual(last.getCumulativeResidual())
                .setHelpedParameters(sum(whole, StepRow::getHelpedParameters))
                .setHurtParameters(sum(whole, StepRow::getHurtParameters))
                .setZeroParameters(sum(whole, StepRow::getZeroParameters))
                .setMinibatchLoss(sum(whole, StepRow::getMinibatchLoss))
                .setMinibatches(count(whole, StepRow::hasMinibatchLoss))
                .setErrorSteps(count(whole, StepRow::hasSamplingError))
                .setErrorSquares(sum(whole, row -> Math.pow(row.getSamplingError(), 2)))
                .setErrorFourths(sum(whole, row -> Math.pow(row.getSamplingError(), 4)))
                .addParts(PartTotal.newBuilder()
                        .setPart("gradient")
                        .setCumulativeLca(of.get(of.size() - 1).getCumulativeLca()));
        whole.stream().filter(StepRow::hasLearningRate).forEach(row -> bucket.setLearningRate(row.getLearningRate()));
        for (int index = 0; index < LAYERS; index++) {
            addLayer(bucket, objective, index, inside, from == 0 || (from <= 30 && 30 < to));
        }
        return bucket.build();
    }

    private void addLayer(BucketRow.Builder bucket, String objective, int index, List<Integer> inside, boolean named) {
        List<LayerRow> rows = layers.stream()
                .filter(row -> row.getObjective().equals(objective)
                        && row.getLayerIndex() == index
                        && inside.contains(row.getStep()))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        LayerRow last = rows.get(rows.size() - 1);
        bucket.addLayerIndex(index)
                .addLayerSteps(rows.size())
                .addLayerLca(sum(rows, LayerRow::getLca))
                .addLayerCumulativeLca(last.getCumulativeLca())
                .addLayerHelp(sum(rows, LayerRow::getHelp))
                .addLayerHarm(sum(rows, LayerRow::getHarm))
                .addLayerNormSteps(count(rows, LayerRow::hasGradientNorm))
                .addLayerGradientNorm(sum(rows, LayerRow::getGradientNorm))
                .addLayerDeltaNorm(sum(rows, LayerRow::getDeltaNorm))
                .addLayerNormProduct(sum(rows, row -> row.getGradientNorm() * row.getDeltaNorm()));
        if (named) {
            bucket.addLayer(last.getLayer()).addLayerParameters((long) last.getParameters());
        }
        if (objective.equals("sampled")) {
            bucket.addLayerErrorSteps(count(rows, LayerRow::hasSamplingError))
                    .addLayerErrorSquares(sum(rows, row -> Math.pow(row.getSamplingError(), 2)))
                    .addLayerErrorFourths(sum(rows, row -> Math.pow(row.getSamplingError(), 4)));
        }
    }

    private static <T> double sum(List<T> rows, ToDoubleFunction<T> field) {
        return rows.stream().mapToDouble(field).sum();
    }

    private static <T> int count(List<T> rows, Predicate<T> is) {
        return (int) rows.stream().filter(is).count();
    }
}
