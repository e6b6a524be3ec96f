package io.lossledger.streams.metrics;

import io.lossledger.lca.AllocationSums;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.Sums;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.streams.v1.GroupBook;
import java.util.Arrays;
import java.util.List;

/** The metrics of one layer for one objective. Not thread-safe. */
final class LayerMetrics {
    private final String name;
    private final SeriesGroup series;
    private final SeriesGroup help;
    private final SeriesGroup hurt;
    private final List<SeriesGroup> percentiles;
    private double[] units = new double[0];

    LayerMetrics(String name, SeriesGroup series) {
        this.name = name;
        this.series = series;
        help = series.with("direction", "help");
        hurt = series.with("direction", "hurt");
        percentiles = Arrays.stream(Percentiles.SHOWN)
                .mapToObj(percentile -> series.with("percentile", Integer.toString(percentile)))
                .toList();
        series.add(LedgerMetric.LAYER_MOMENTS, 0);
    }

    String name() {
        return name;
    }

    void show(LayerRow row) {
        series.set(LedgerMetric.LAYER_LCA, row.getLca());
        series.set(LedgerMetric.LAYER_CUMULATIVE_LCA, row.getCumulativeLca());
        series.set(LedgerMetric.LAYER_HELPED_SHARE, row.getHelpedShare());
        series.set(LedgerMetric.LAYER_HELPED_SHARE_OF_NONZERO, row.getHelpedShareOfNonzero());
        series.set(LedgerMetric.LAYER_GINI_OF_HELP, row.hasGiniOfHelp(), row.getGiniOfHelp());
        series.set(LedgerMetric.LAYER_TOP_PERCENT_SHARE, row.hasTopPercentShare(), row.getTopPercentShare());
        series.set(LedgerMetric.LAYER_GRADIENT_NORM, row.hasGradientNorm(), row.getGradientNorm());
        series.set(LedgerMetric.LAYER_UPDATE_NORM, row.hasDeltaNorm(), row.getDeltaNorm());
        series.set(LedgerMetric.LAYER_COSINE, row.hasCosine(), row.getCosine());
        series.set(LedgerMetric.LAYER_PARAMETERS, row.getParameters());
    }

    /** A large layer arrives in several rows, in order. */
    void show(UnitRow row) {
        if (row.getFirstUnit() == 0) {
            units = new double[row.getUnits()];
        }
        for (int i = 0; i < row.getUnitLcaCount(); i++) {
            units[row.getFirstUnit() + i] = row.getUnitLca(i);
        }
        if (row.getFirstUnit() + row.getUnitLcaCount() == row.getUnits()) {
            double[] found = Percentiles.of(units);
            units = new double[0];
            for (int i = 0; i < found.length; i++) {
                percentiles.get(i).set(LedgerMetric.LAYER_UNIT_LCA, found[i]);
            }
        }
    }

    /** Shows the totals of the whole run. */
    void show(GroupBook book) {
        AllocationSums sums = Sums.fromMessage(book.getSums());
        help.raise(LedgerMetric.LAYER_MAGNITUDE, -sums.help());
        hurt.raise(LedgerMetric.LAYER_MAGNITUDE, sums.harm());
        if (book.hasSignChanges()) {
            series.raise(LedgerMetric.LAYER_SIGN_CHANGES, book.getSignChanges());
        }
    }

    void countMoment() {
        series.add(LedgerMetric.LAYER_MOMENTS, 1);
    }

    void removeAll() {
        series.removeAll();
    }
}
