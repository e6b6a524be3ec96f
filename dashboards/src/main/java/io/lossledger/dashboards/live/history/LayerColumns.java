package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.history.BucketTable.Merge;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.WindowRow;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The columns of one layer in the table of a run. Not thread-safe. */
final class LayerColumns {
    /** The number of columns. */
    static final int COUNT = 12;

    private final BucketTable table;
    private final String name;
    private final double parameters;
    private final int lca;
    private final int cumulative;
    private final int help;
    private final int harm;
    private final int gradientNorm;
    private final int deltaNorm;
    private final int normProduct;
    private final int normedSteps;
    private final int rows;
    private final int errorSquares;
    private final int errorFourths;
    private final int errors;
    private double total;
    private double allSquares;
    private double allFourths;
    private int allErrors;
    private int allRows;
    private long lastStep = -1;

    LayerColumns(String name, double parameters, BucketTable table) {
        this.table = table;
        this.name = name;
        this.parameters = parameters;
        lca = table.addColumn(Merge.SUM);
        cumulative = table.addColumn(Merge.LAST);
        help = table.addColumn(Merge.SUM);
        harm = table.addColumn(Merge.SUM);
        gradientNorm = table.addColumn(Merge.SUM);
        deltaNorm = table.addColumn(Merge.SUM);
        normProduct = table.addColumn(Merge.SUM);
        normedSteps = table.addColumn(Merge.SUM);
        rows = table.addColumn(Merge.SUM);
        errorSquares = table.addColumn(Merge.SUM);
        errorFourths = table.addColumn(Merge.SUM);
        errors = table.addColumn(Merge.SUM);
    }

    /** Adds a row, unless it has arrived before. */
    void accept(LayerRow row) {
        long step = Integer.toUnsignedLong(row.getStep());
        if (step <= lastStep) {
            return;
        }
        lastStep = step;
        total = row.getCumulativeLca();
        int bucket = table.bucketOf(step);
        table.put(lca, bucket, row.getLca());
        table.put(cumulative, bucket, row.getCumulativeLca());
        table.put(help, bucket, row.getHelp());
        table.put(harm, bucket, row.getHarm());
        table.put(rows, bucket, 1);
        allRows++;
        if (row.hasGradientNorm() && row.hasDeltaNorm()) {
            table.put(gradientNorm, bucket, row.getGradientNorm());
            table.put(deltaNorm, bucket, row.getDeltaNorm());
            table.put(normProduct, bucket, row.getGradientNorm() * row.getDeltaNorm());
            table.put(normedSteps, bucket, 1);
        }
        if (row.hasSamplingError()) {
            double square = row.getSamplingError() * row.getSamplingError();
            table.put(errorSquares, bucket, square);
            table.put(errorFourths, bucket, square * square);
            table.put(errors, bucket, 1);
            allSquares += square;
            allFourths += square * square;
            allErrors++;
        }
    }

    /** Adds the sums of a bucket; {@code place} is the layer's in the row. */
    void accept(BucketRow row, int place, int bucket) {
        lastStep = Integer.toUnsignedLong(row.getLastStep());
        total = row.getLayerCumulativeLca(place);
        table.put(lca, bucket, row.getLayerLca(place));
        table.put(cumulative, bucket, total);
        table.put(help, bucket, row.getLayerHelp(place));
        table.put(harm, bucket, row.getLayerHarm(place));
        table.put(rows, bucket, row.getLayerSteps(place));
        allRows += row.getLayerSteps(place);
        if (row.getLayerNormStepsCount() > 0 && row.getLayerNormSteps(place) > 0) {
            table.put(gradientNorm, bucket, row.getLayerGradientNorm(place));
            table.put(deltaNorm, bucket, row.getLayerDeltaNorm(place));
            table.put(normProduct, bucket, row.getLayerNormProduct(place));
            table.put(normedSteps, bucket, row.getLayerNormSteps(place));
        }
        if (row.getLayerErrorStepsCount() > 0 && row.getLayerErrorSteps(place) > 0) {
            table.put(errorSquares, bucket, row.getLayerErrorSquares(place));
            table.put(errorFourths, bucket, row.getLayerErrorFourths(place));
            table.put(errors, bucket, row.getLayerErrorSteps(place));
            allSquares += row.getLayerErrorSquares(place);
            allFourths += row.getLayerErrorFourths(place);
            allErrors += row.getLayerErrorSteps(place);
        }
    }

    String name() {
        return name;
    }

    double parameters() {
        return parameters;
    }

    int lca() {
        return lca;
    }

    int cumulative() {
        return cumulative;
    }

    int help() {
        return help;
    }

    int harm() {
        return harm;
    }

    /** The mean norm of the averaged gradient over the steps of some buckets; empty if none of them has it. */
    OptionalDouble meanGradientNorm(int from, int to) {
        return ratio(sum(gradientNorm, from, to), sum(normedSteps, from, to));
    }

    /** The mean norm of the update. */
    OptionalDouble meanDeltaNorm(int from, int to) {
        return ratio(sum(deltaNorm, from, to), sum(normedSteps, from, to));
    }

    /**
     * The cosine of gradient and update, averaged with the product of their norms as its weight; empty unless every step of the
     * buckets has norms.
     */
    OptionalDouble meanCosine(int from, int to) {
        double normed = sum(normedSteps, from, to).orElse(0);
        double booked = sum(rows, from, to).orElse(0);
        return normed == booked ? ratio(sum(lca, from, to), sum(normProduct, from, to)) : OptionalDouble.empty();
    }

    /** Half of the 95 % interval of the LCA; empty over few steps, or unless every step of the buckets has a sampling error. */
    OptionalDouble halfInterval(int from, int to) {
        double known = sum(errors, from, to).orElse(0);
        return known == sum(rows, from, to).orElse(0)
                ? SumError.half(
                        known,
                        sum(errorSquares, from, to).orElse(0),
                        sum(errorFourths, from, to).orElse(0))
                : OptionalDouble.empty();
    }

    /** What the layer did since the start of the run, as a window would say it. */
    WindowRow total() {
        WindowRow.Builder row = WindowRow.newBuilder().setLayer(name).setLca(total);
        if (allErrors == allRows) {
            SumError.half(allErrors, allSquares, allFourths)
                    .ifPresent(half -> row.setIntervalLow(total - half).setIntervalHigh(total + half));
        }
        return row.build();
    }

    private static OptionalDouble ratio(OptionalDouble of, OptionalDouble to) {
        return of.isPresent() && to.orElse(0) != 0
                ? OptionalDouble.of(of.getAsDouble() / to.getAsDouble())
                : OptionalDouble.empty();
    }

    /** The sum of a column over some buckets, both ends included; empty if no row has arrived there. */
    OptionalDouble sum(int column, int from, int to) {
        return IntStream.rangeClosed(from, to)
                .filter(bucket -> table.has(column, bucket))
                .mapToDouble(bucket -> table.get(column, bucket))
                .reduce(Double::sum);
    }
}
