package io.lossledger.streams.metrics;

import io.lossledger.lca.AllocationSums;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.Sums;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.streams.v1.GroupBook;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.windows.WindowUpdater;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The series of one objective of a run, and of its layers. Not thread-safe. */
final class ObjectiveMetrics {
    private final SeriesGroup series;
    private final SeriesGroup help;
    private final SeriesGroup hurt;
    private final SeriesBudget layerBudget;
    private final Map<Integer, LayerMetrics> layers = new TreeMap<>();
    private final Set<Integer> refused = new HashSet<>();
    private int countedSteps;
    private int countedMoments;

    ObjectiveMetrics(SeriesGroup series, SeriesBudget layerBudget) {
        this.series = series;
        this.layerBudget = layerBudget;
        help = series.with("direction", "help");
        hurt = series.with("direction", "hurt");
        series.add(LedgerMetric.CAPPED_STEPS, 0);
        series.add(LedgerMetric.MOMENTS, 0);
    }

    void show(StepRow row) {
        series.set(LedgerMetric.STEP, row.getStep());
        series.set(LedgerMetric.LOSS, row.getLossEnd());
        series.set(LedgerMetric.LOSS_CHANGE, row.getLossChange());
        series.set(LedgerMetric.LCA, row.getLca());
        series.set(LedgerMetric.RESIDUAL, row.getResidual());
        series.set(LedgerMetric.CUMULATIVE_LOSS_CHANGE, row.getCumulativeLossChange());
        series.set(LedgerMetric.CUMULATIVE_LCA, row.getCumulativeLca());
        series.set(LedgerMetric.CUMULATIVE_RESIDUAL, row.getCumulativeResidual());
        series.set(
                LedgerMetric.RELATIVE_RESIDUAL, row.getCumulativeResidual() / Math.abs(row.getCumulativeLossChange()));
        series.set(LedgerMetric.HELPED_SHARE, row.getHelpedShare());
        series.set(LedgerMetric.HELPED_SHARE_OF_NONZERO, row.getHelpedShareOfNonzero());
        series.set(LedgerMetric.CHURN, row.hasChurn(), row.getChurn());
        series.set(LedgerMetric.SPLITS, row.hasSplits(), row.getSplits());
        if (row.getStep() >= countedSteps) {
            countedSteps = row.getStep() + 1;
            series.add(LedgerMetric.CAPPED_STEPS, row.getCapped() ? 1 : 0);
        }
    }

    void show(LayerRow row) {
        LayerMetrics layer = layer(row.getLayerIndex(), row.getLayer());
        if (layer != null) {
            layer.show(row);
        }
    }

    void show(UnitRow row) {
        LayerMetrics layer = layer(row.getLayerIndex(), row.getLayer());
        if (layer != null) {
            layer.show(row);
        }
    }

    void show(MomentRow row) {
        if (row.getStep() < countedMoments) {
            return; // shown before a transaction was aborted
        }
        countedMoments = row.getStep() + 1;
        series.add(LedgerMetric.MOMENTS, 1);
        for (LayerMetrics layer : layers.values()) {
            if (row.getLayersList().contains(layer.name())) {
                layer.countMoment();
            }
        }
    }

    /** Shows the totals of the whole run. */
    void show(ObjectiveBook book) {
        AllocationSums sums = Sums.fromMessage(book.getModel().getSums());
        help.raise(LedgerMetric.MAGNITUDE, -sums.help());
        hurt.raise(LedgerMetric.MAGNITUDE, sums.harm());
        series.set(LedgerMetric.RESIDUAL_SHARE, WindowUpdater.balance(book).share());
        for (GroupBook group : book.getLayersList()) {
            LayerMetrics layer = layers.get(group.getLayerIndex());
            if (layer != null) {
                layer.show(group);
            }
        }
    }

    void removeAll() {
        series.removeAll();
        layers.values().forEach(LayerMetrics::removeAll);
        layerBudget.release(layers.size());
        layers.clear();
    }

    /** Null when too many layers have metrics already. */
    private @Nullable LayerMetrics layer(int index, String name) {
        LayerMetrics known = layers.get(index);
        if (known != null && known.name().equals(name)) {
            return known;
        }
        if (known != null) {
            known.removeAll();
        } else if (refused.contains(index)) {
            return null;
        } else if (!layerBudget.take()) {
            refused.add(index);
            return null;
        }
        SeriesGroup group = series.apart("layer", name, "layer_index", String.format(Locale.ROOT, "%03d", index));
        LayerMetrics layer = new LayerMetrics(name, group);
        layers.put(index, layer);
        return layer;
    }
}
