package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What the layers did in a range of steps. Stateless. */
public final class LayerRange {
    private LayerRange() {}

    /**
     * Writes the sums of the layers of one objective, and the LCA of the layers for every objective. Of buckets that are only
     * partly in the range, all steps count; {@code first} and {@code last} say what was summed.
     */
    public static String json(RunHistory shown, Map<ObjectiveKey, RunHistory> all, long from, long to) {
        BucketTable table = shown.table();
        int start = start(table, from);
        int end = end(table, to);
        return JsonText.object(json -> {
            if (start > end) {
                json.putNull("first").putNull("last");
            } else {
                json.put("first", table.firstStep(start)).put("last", table.lastStep(end));
            }
            json.array(
                    "layers",
                    list -> shown.layers()
                            .forEach(layer -> list.braces(entry -> {
                                entry.put("layer", layer.name()).put("parameters", layer.parameters());
                                put(entry, "lca", layer.sum(layer.lca(), start, end));
                                put(entry, "half_interval", layer.halfInterval(start, end));
                                put(entry, "help", layer.sum(layer.help(), start, end));
                                put(entry, "harm", layer.sum(layer.harm(), start, end));
                                put(entry, "gradient_norm", layer.meanGradientNorm(start, end));
                                put(entry, "delta_norm", layer.meanDeltaNorm(start, end));
                                put(entry, "cosine", layer.meanCosine(start, end));
                            })));
            json.array(
                    "objectives",
                    list -> all.forEach((key, history) -> list.braces(entry -> entry.put("name", key.name())
                            .put("stratum", key.stratum())
                            .array("lca", values -> sums(values, history, from, to)))));
        });
    }

    private static void sums(JsonText values, RunHistory history, long from, long to) {
        int start = start(history.table(), from);
        int end = end(history.table(), to);
        List<LayerColumns> layers = history.layers();
        layers.forEach(layer -> {
            OptionalDouble sum = layer.sum(layer.lca(), start, end);
            if (sum.isPresent()) {
                values.add(sum.getAsDouble());
            } else {
                values.addNull();
            }
        });
    }

    /** The first bucket with a step at or after one. */
    private static int start(BucketTable table, long step) {
        int bucket = 0;
        while (bucket < table.size() && table.lastStep(bucket) < step) {
            bucket++;
        }
        return bucket;
    }

    /** The last bucket with a step at or before one; -1 if there is none. */
    private static int end(BucketTable table, long step) {
        int bucket = table.size() - 1;
        while (bucket >= 0 && table.firstStep(bucket) > step) {
            bucket--;
        }
        return bucket;
    }

    private static void put(JsonText json, String name, OptionalDouble value) {
        if (value.isPresent()) {
            json.put(name, value.getAsDouble());
        } else {
            json.putNull(name);
        }
    }
}
