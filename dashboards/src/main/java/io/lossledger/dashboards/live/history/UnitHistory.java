package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.BucketTable.Merge;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * The LCA of the units of one layer in buckets of steps. Large layers are shown in groups of neighbouring units, so
 * that no layer takes more than about two megabytes. Skips rows that have arrived before. Not thread-safe.
 */
public final class UnitHistory {
    /** Marks a value without a row; values that are not finite are kept. */
    private static final float NOT_THERE = -Float.MAX_VALUE;

    static final int MOST_GROUPS = 256;
    private static final int MOST_BUCKETS = 1_024;
    private static final int MOST_CELLS = 1 << 18;

    private final int units;
    private final int unitsPerGroup;
    private final int groups;
    private final BucketTable table;
    private final Map<Long, Long> lastSteps = new HashMap<>();

    public UnitHistory(int units) {
        this.units = units;
        unitsPerGroup = (units - 1) / MOST_GROUPS + 1;
        groups = (units - 1) / unitsPerGroup + 1;
        table = new BucketTable(Math.min(MOST_BUCKETS, MOST_CELLS / Math.max(1, groups) / 2 * 2));
        for (int group = 0; group < groups; group++) {
            table.addColumn(Merge.SUM);
        }
    }

    int units() {
        return units;
    }

    public void accept(VectorRow row) {
        double[] lca = row.lca();
        boolean fits = row.units() == units && row.first() >= 0 && row.first() <= units - lca.length;
        if (!fits || row.step() <= lastSteps.getOrDefault(row.first(), -1L)) {
            return;
        }
        lastSteps.put(row.first(), row.step());
        int bucket = table.bucketOf(row.step());
        for (int from = 0; from < lca.length; ) {
            int group = (int) (row.first() + from) / unitsPerGroup;
            int end = (int) Math.min(lca.length, (group + 1L) * unitsPerGroup - row.first());
            double sum = 0;
            for (int i = from; i < end; i++) {
                sum += lca[i];
            }
            table.put(group, bucket, sum);
            from = end;
        }
    }

    public BucketTable table() {
        return table;
    }

    /** Writes the buckets from a given one; the values as little-endian floats, bucket by bucket. */
    public void write(JsonText json, int from) {
        int count = table.size() - from;
        ByteBuffer values = ByteBuffer.allocate(count * groups * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int bucket = from; bucket < table.size(); bucket++) {
            for (int group = 0; group < groups; group++) {
                values.putFloat(table.has(group, bucket) ? (float) table.get(group, bucket) : NOT_THERE);
            }
        }
        int start = from;
        json.put("units", units)
                .put("units_per_group", unitsPerGroup)
                .put("groups", groups)
                .put("from", from)
                .put("size", table.size())
                .put("steps_per_bucket", table.stepsPerBucket())
                .array("first", list -> {
                    for (int i = start; i < table.size(); i++) {
                        list.add(table.firstStep(i));
                    }
                })
                .array("last", list -> {
                    for (int i = start; i < table.size(); i++) {
                        list.add(table.lastStep(i));
                    }
                })
                .array("steps", list -> {
                    for (int i = start; i < table.size(); i++) {
                        list.add(table.steps(i));
                    }
                })
                .put("values", Base64.getEncoder().encodeToString(values.array()));
    }
}
