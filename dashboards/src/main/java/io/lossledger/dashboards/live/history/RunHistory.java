package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.BucketTable.Merge;
import io.lossledger.lca.Trend;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.PartTotal;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.RecentSteps;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The history of one objective of a run: the whole model and each layer in buckets of steps, and moments. Skips rows
 * that have arrived before. Not thread-safe.
 */
public final class RunHistory {
    private static final int MOST_BUCKETS = 2_048;
    private static final int FEWEST_BUCKETS = 64;
    private static final int MOST_LAYER_CELLS = 1 << 18;
    private static final int MODEL_COLUMNS = 11;
    private static final int MOST_LAYERS = 1_024;
    private static final int MOST_MOMENTS = 400;
    private static final int MOST_PARTS = 32;
    private static final int FEWEST_RECENT = 20;

    private final BucketTable table;
    private final int loss;
    private final int change;
    private final int lca;
    private final int residual;
    private final int helped;
    private final int hurt;
    private final int zero;
    private final int minibatch;
    private final int minibatches;
    private final int rate;
    private final int time;

    private final Map<Long, LayerColumns> layers = new TreeMap<>();
    private final Map<Long, MomentRow> moments = new TreeMap<>();
    private final Map<String, Double> parts = new TreeMap<>();
    private double errorSquares;
    private double errorFourths;
    private int errors;
    private long lastStep = -1;
    private double startLoss = Double.NaN;
    private int missingSteps;
    private int stepsBooked;
    private long notes;

    /** @param buckets largest number of buckets, from {@link #buckets} */
    public RunHistory(int buckets) {
        table = new BucketTable(buckets);
        loss = table.addColumn(Merge.LAST);
        change = table.addColumn(Merge.LAST);
        lca = table.addColumn(Merge.LAST);
        residual = table.addColumn(Merge.LAST);
        helped = table.addColumn(Merge.SUM);
        hurt = table.addColumn(Merge.SUM);
        zero = table.addColumn(Merge.SUM);
        minibatch = table.addColumn(Merge.SUM);
        minibatches = table.addColumn(Merge.SUM);
        rate = table.addColumn(Merge.LAST);
        time = table.addColumn(Merge.LAST);
    }

    /**
     * The number of buckets that a history may take.
     *
     * @param layerCount expected number of layers; more layers, fewer buckets
     * @param mostBytes memory for the history; exceeded only if there is none for {@value #FEWEST_BUCKETS} buckets
     */
    public static int buckets(int layerCount, long mostBytes) {
        long layers = Math.max(1, layerCount);
        long fitting = Math.min(
                MOST_LAYER_CELLS / layers, mostBytes / Double.BYTES / (MODEL_COLUMNS + LayerColumns.COUNT * layers));
        return (int) Math.max(FEWEST_BUCKETS, Math.min(MOST_BUCKETS, fitting / 2 * 2));
    }

    /** Adds the steps of a bucket, all newer than those before. The layers that it does not name are known. */
    public void accept(BucketRow row) {
        missingSteps = row.getMissingSteps();
        stepsBooked = row.getStepsBooked();
        for (PartTotal part : row.getPartsList()) {
            acceptPart(part.getPart(), part.getCumulativeLca());
        }
        if (row.getSteps() == 0) {
            return;
        }
        long millis = Timestamps.toMillis(row.getTime()); // first, because it refuses an invalid time
        if (lastStep < 0) {
            startLoss = row.getLossStart();
        }
        lastStep = Integer.toUnsignedLong(row.getLastStep());
        int bucket = table.bucketOf(Integer.toUnsignedLong(row.getFirstStep()), lastStep, row.getSteps());
        table.put(loss, bucket, row.getLossEnd());
        table.put(change, bucket, row.getCumulativeLossChange());
        table.put(lca, bucket, row.getCumulativeLca());
        table.put(residual, bucket, row.getCumulativeResidual());
        table.put(helped, bucket, row.getHelpedParameters());
        table.put(hurt, bucket, row.getHurtParameters());
        table.put(zero, bucket, row.getZeroParameters());
        table.put(time, bucket, millis);
        errorSquares += row.getErrorSquares();
        errorFourths += row.getErrorFourths();
        errors += row.getErrorSteps();
        if (row.getMinibatches() > 0) {
            table.put(minibatch, bucket, row.getMinibatchLoss());
            table.put(minibatches, bucket, row.getMinibatches());
        }
        if (row.hasLearningRate()) {
            table.put(rate, bucket, row.getLearningRate());
        }
        for (int place = 0; place < row.getLayerIndexCount(); place++) {
            LayerColumns layer = layer(row, place);
            if (layer != null) {
                layer.accept(row, place, bucket);
            }
        }
    }

    private @Nullable LayerColumns layer(BucketRow row, int place) {
        long index = Integer.toUnsignedLong(row.getLayerIndex(place));
        LayerColumns known = layers.get(index);
        if (known == null && layers.size() < MOST_LAYERS && row.getLayerCount() > 0) {
            known = new LayerColumns(row.getLayer(place), row.getLayerParameters(place), table);
            layers.put(index, known);
        }
        return known;
    }

    public void accept(StepRow row) {
        long step = Integer.toUnsignedLong(row.getStep());
        if (step <= lastStep) {
            return;
        }
        long millis = Timestamps.toMillis(row.getTime()); // first, because it refuses an invalid time
        if (lastStep < 0) {
            startLoss = row.getLossStart();
        }
        lastStep = step;
        missingSteps = row.getMissingSteps();
        stepsBooked = row.getStepsBooked();
        int bucket = table.bucketOf(step);
        table.put(loss, bucket, row.getLossEnd());
        table.put(change, bucket, row.getCumulativeLossChange());
        table.put(lca, bucket, row.getCumulativeLca());
        table.put(residual, bucket, row.getCumulativeResidual());
        table.put(helped, bucket, row.getHelpedParameters());
        table.put(hurt, bucket, row.getHurtParameters());
        table.put(zero, bucket, row.getZeroParameters());
        table.put(time, bucket, millis);
        if (row.hasSamplingError()) {
            double square = row.getSamplingError() * row.getSamplingError();
            errorSquares += square;
            errorFourths += square * square;
            errors++;
        }
        if (row.hasMinibatchLoss()) {
            table.put(minibatch, bucket, row.getMinibatchLoss());
            table.put(minibatches, bucket, 1);
        }
        if (row.hasLearningRate()) {
            table.put(rate, bucket, row.getLearningRate());
        }
    }

    public void accept(LayerRow row) {
        long index = Integer.toUnsignedLong(row.getLayerIndex());
        if (!layers.containsKey(index) && layers.size() >= MOST_LAYERS) {
            return;
        }
        layers.computeIfAbsent(index, key -> new LayerColumns(row.getLayer(), row.getParameters(), table))
                .accept(row);
    }

    /** Adds a row of an update part: only its total is kept. */
    public void acceptPart(StepRow row) {
        acceptPart(row.getPart(), row.getCumulativeLca());
    }

    private void acceptPart(String part, double total) {
        if (parts.size() < MOST_PARTS || parts.containsKey(part)) {
            notes++;
            parts.put(part, total);
        }
    }

    /** If there are too many moments, keeps the most significant ones. */
    public void accept(MomentRow row) {
        notes++;
        moments.put(Integer.toUnsignedLong(row.getStep()), row);
        if (moments.size() > MOST_MOMENTS) {
            moments.values().stream()
                    .max(Comparator.comparingDouble(MomentRow::getChance))
                    .ifPresent(dullest -> moments.remove(Integer.toUnsignedLong(dullest.getStep())));
        }
    }

    public BucketTable table() {
        return table;
    }

    public long notes() {
        return notes;
    }

    /** The layers in model order. */
    List<LayerColumns> layers() {
        return List.copyOf(layers.values());
    }

    /** What is booked so far, as the closing balance would say it. */
    WindowRow totals() {
        int end = newest();
        WindowRow.Builder totals = WindowRow.newBuilder()
                .setSteps(stepsBooked)
                .setMissingSteps(missingSteps)
                .setLossStart(startLoss)
                .setLossEnd(end < 0 ? startLoss : table.get(loss, end))
                .setLossChange(end < 0 ? 0 : table.get(change, end))
                .setLca(end < 0 ? 0 : table.get(lca, end))
                .setResidual(end < 0 ? 0 : table.get(residual, end));
        halfInterval()
                .ifPresent(
                        half -> totals.setIntervalLow(totals.getLca() - half).setIntervalHigh(totals.getLca() + half));
        return totals.build();
    }

    /** Half of the 95 % interval of the LCA since the start; empty for a fixed objective, and over few steps. */
    private OptionalDouble halfInterval() {
        return SumError.half(errors, errorSquares, errorFourths);
    }

    /** The same for each layer, in model order: name, LCA and its interval. */
    List<WindowRow> layerTotals() {
        return layers.values().stream().map(LayerColumns::total).toList();
    }

    /** The newest bucket with a step, -1 if there is none: the rows of the layers may come before that of their step. */
    private int newest() {
        int bucket = table.size() - 1;
        while (bucket >= 0 && !table.has(loss, bucket)) {
            bucket--;
        }
        return bucket;
    }

    /** The newest steps: at least {@value #FEWEST_RECENT}, and a tenth of all. */
    RecentSteps recent(List<String> hurting) {
        int end = newest();
        int start = end + 1;
        long count = 0;
        while (start > 0 && count < Math.max(FEWEST_RECENT, stepsBooked / 10)) {
            count += table.steps(--start);
        }
        double[] losses = new double[end - start + 1];
        for (int bucket = start; bucket <= end; bucket++) {
            losses[bucket - start] = table.has(loss, bucket) ? table.get(loss, bucket) : Double.NaN;
        }
        double before = start == 0 ? 0 : table.get(change, start - 1);
        int from = start;
        return new RecentSteps(
                count,
                end < 0 ? 0 : table.get(change, end) - before,
                Trend.of(losses),
                layers.values().stream()
                        .flatMap(layer -> layer.sum(layer.lca(), from, end).stream()
                                .mapToObj(sum -> WindowRow.newBuilder()
                                        .setLayer(layer.name())
                                        .setLca(sum)
                                        .build()))
                        .toList(),
                hurting);
    }

    /** Writes the buckets from a given one, and all data outside the buckets. */
    public void write(JsonText json, int from) {
        json.put("from", from)
                .put("size", table.size())
                .put("steps_per_bucket", table.stepsPerBucket())
                .put("steps_booked", stepsBooked)
                .put("missing_steps", missingSteps);
        if (lastStep < 0) {
            json.putNull("loss_start");
        } else {
            json.put("loss_start", startLoss);
        }
        halfInterval().ifPresent(half -> json.put("half_interval", half));
        json.array(
                "parts",
                list -> parts.forEach((part, sum) ->
                        list.braces(entry -> entry.put("part", part).put("lca", sum))));
        json.array("first", list -> each(from, bucket -> list.add(table.firstStep(bucket))));
        json.array("last", list -> each(from, bucket -> list.add(table.lastStep(bucket))));
        json.array("steps", list -> each(from, bucket -> list.add(table.steps(bucket))));
        column(json, "loss", loss, from);
        column(json, "change", change, from);
        column(json, "lca", lca, from);
        column(json, "residual", residual, from);
        json.array("help", list -> each(from, bucket -> share(list, helped, bucket)));
        json.array("hurt", list -> each(from, bucket -> share(list, hurt, bucket)));
        json.array("minibatch", list -> each(from, bucket -> minibatch(list, bucket)));
        column(json, "rate", rate, from);
        json.array("time", list -> each(from, bucket -> time(list, bucket)));
        json.array(
                "layers",
                list -> layers.forEach((index, layer) -> list.braces(entry -> entry.put("index", index)
                        .put("layer", layer.name())
                        .put("parameters", layer.parameters())
                        .array("lca", values -> each(from, bucket -> value(values, layer.lca(), bucket)))
                        .array(
                                "cumulative",
                                values -> each(from, bucket -> value(values, layer.cumulative(), bucket))))));
    }

    public void writeMoments(JsonText json) {
        json.array(
                "moments",
                list -> moments.values()
                        .forEach(moment ->
                                list.braces(entry -> entry.put("step", Integer.toUnsignedLong(moment.getStep()))
                                        .put("chance", moment.getChance())
                                        .strings("layers", moment.getLayersList()))));
    }

    private void column(JsonText json, String name, int column, int from) {
        json.array(name, list -> each(from, bucket -> value(list, column, bucket)));
    }

    /** Null where no row has arrived. */
    private void value(JsonText list, int column, int bucket) {
        if (table.has(column, bucket)) {
            list.add(table.get(column, bucket));
        } else {
            list.addNull();
        }
    }

    private void minibatch(JsonText list, int bucket) {
        if (table.has(minibatch, bucket)) {
            list.add(table.get(minibatch, bucket) / table.get(minibatches, bucket));
        } else {
            list.addNull();
        }
    }

    private void time(JsonText list, int bucket) {
        if (table.has(time, bucket)) {
            list.add((long) table.get(time, bucket));
        } else {
            list.addNull();
        }
    }

    /** The share of all parameters over all steps of a bucket; null where it is unknown. */
    private void share(JsonText list, int column, int bucket) {
        double all = table.get(helped, bucket) + table.get(hurt, bucket) + table.get(zero, bucket);
        if (table.has(column, bucket) && all != 0) {
            list.add(table.get(column, bucket) / all);
        } else {
            list.addNull();
        }
    }

    private void each(int from, IntConsumer bucket) {
        for (int i = from; i < table.size(); i++) {
            bucket.accept(i);
        }
    }
}
