package com.example;

import io.lossledger.protocol.v1.LayerRow;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A layer hurts when its LCA over some steps is positive: its updates raised the loss. */
final class HurtRule {
    private final int steps;
    private final Map<String, Block> blocks = new HashMap<>();

    private record Block(int steps, double lca) {}

    HurtRule(int steps) {
        this.steps = steps;
    }

    /** What to say after this row, if anything. */
    Optional<String> warning(LayerRow row) {
        if (!row.getPart().isEmpty()) {
            return Optional.empty(); // a part of an update that is also there as a whole
        }
        String key = row.getRun() + ' ' + row.getObjective() + ' ' + row.getStratum() + ' ' + row.getLayer();
        Block before = blocks.getOrDefault(key, new Block(0, 0));
        Block block = new Block(before.steps() + 1, before.lca() + row.getLca());
        blocks.put(key, block);
        if (block.steps() < steps) {
            return Optional.empty();
        }
        blocks.remove(key);
        return block.lca() > 0
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "run %s, step %d: layer %s hurts %s, by %.3e in %d steps",
                        row.getRun(), row.getStep(), row.getLayer(), row.getObjective(), block.lca(), steps))
                : Optional.empty();
    }
}
