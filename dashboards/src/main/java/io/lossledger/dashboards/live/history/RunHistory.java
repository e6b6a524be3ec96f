package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.BucketTable.Merge;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.StepRow;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * The history of one objective of a run: the whole model and each layer in buckets of steps, and moments. Skips rows
 * that have arrived before. Not thread-safe.
 */
public final class RunHistory {
    private static final int MOST_BUCKETS = 2_048;
    private static final int FEWEST_BUCKETS = 256;
    private static final int MOST_LAYER_CELLS = 1 << 18;
    private static final int MOST_LAYERS = 1_024;
    private static final int MOST_MOMENTS = 400;

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

    private final Map<Long, LayerHistory> layers = new TreeMap<>();
    private final Map<Long, MomentRow> moments = new TreeMap<>();
    private long lastStep = -1;
    private double startLoss = Double.NaN;
    private int missingSteps;
    private int stepsBooked;
    private long notes;

    /** @param layerCount expected number of layers; more layers, fewer buckets */
    public RunHistory(int layerCount) {
        int fitting = MOST_LAYER_CELLS / Math.max(1, layerCount) / 2 * 2;
        table = new BucketTable(Math.max(FEWEST_BUCKETS, Math.min(MOST_BUCKETS, fitting)));
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

    /** One layer: its columns and its totals. */
    private static final class LayerHistory {
        private final String name;
        private final double parameters;
        private final int lca;
        private final int cumulative;
        private double help;
        private double harm;
        private long lastStep = -1;

        LayerHistory(LayerRow row, BucketTable table) {
            name = row.getLayer();
            parameters = row.getParameters();
            lca = table.addColumn(Merge.SUM);
            cumulative = table.addColumn(Merge.LAST);
        }
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
        if (row.hasMinibatchLoss()) {
            table.put(minibatch, bucket, row.getMinibatchLoss());
            table.put(minibatches, bucket, 1);
        }
        if (row.hasLearningRate()) {
            table.put(rate, bucket, row.getLearningRate());
        }
    }

    public void accept(LayerRow row) {
        long step = Integer.toUnsignedLong(row.getStep());
        long index = Integer.toUnsignedLong(row.getLayerIndex());
        if (!layers.containsKey(index) && layers.size() >= MOST_LAYERS) {
            return;
        }
        LayerHistory layer = layers.computeIfAbsent(index, key -> new LayerHistory(row, table));
        if (step <= layer.lastStep) {
            return;
        }
        layer.lastStep = step;
        layer.help += row.getHelp();
        layer.harm += row.getHarm();
        int bucket = table.bucketOf(step);
        table.put(layer.lca, bucket, row.getLca());
        table.put(layer.cumulative, bucket, row.getCumulativeLca());
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
        json.array("first", list -> each(from, bucket -> list.add(table.firstStep(bucket))));
        json.array("last", list -> each(from, bucket -> list.add(table.lastStep(bucket))));
        json.array("steps", list -> each(from, bucket -> list.add(table.steps(bucket))));
        column(json, "loss", loss, from);
        column(json, "change", change, from);
        column(json, "lca", lca, from);
        column(json, "residual", residual, from);
        json.array("help", list -> each(from, bucket -> share(list, bucket, true)));
        json.array("help_nonzero", list -> each(from, bucket -> share(list, bucket, false)));
        json.array("minibatch", list -> each(from, bucket -> minibatch(list, bucket)));
        column(json, "rate", rate, from);
        json.array("time", list -> each(from, bucket -> time(list, bucket)));
        json.array(
                "layers",
                list -> layers.forEach((index, layer) -> list.braces(entry -> entry.put("index", index)
                        .put("layer", layer.name)
                        .put("parameters", layer.parameters)
                        .put("help", layer.help)
                        .put("harm", layer.harm)
                        .array("lca", values -> each(from, bucket -> value(values, layer.lca, bucket)))
                        .array(
                                "cumulative",
                                values -> each(from, bucket -> value(values, layer.cumulative, bucket))))));
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

    /** The share over all steps of a bucket; null where the denominator is unknown. */
    private void share(JsonText list, int bucket, boolean ofAll) {
        double helping = table.get(helped, bucket);
        double nonzero = helping + table.get(hurt, bucket);
        double all = ofAll ? nonzero + table.get(zero, bucket) : nonzero;
        if (table.has(helped, bucket) && all != 0) {
            list.add(helping / all);
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
