package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.ChartPicture;
import io.lossledger.analysis.report.picture.Charts;
import io.lossledger.analysis.report.picture.Palette;
import io.lossledger.analysis.report.picture.Stats;
import io.lossledger.analysis.report.picture.Table;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sizes of single allocations: one parameter in one step. */
final class DistributionFigure {
    private static final int BINS_PER_DECADE = 4;

    private static final List<Palette.Look> SIDES =
            List.of(Palette.look(Palette.HELP, 0), Palette.look(Palette.HURT, 0), Palette.look(Palette.INK, 1));

    private DistributionFigure() {}

    static Optional<Figure> of(RunData run) {
        return run.parameters().filter(digest -> digest.sample().length > 1).map(DistributionFigure::of);
    }

    private static Figure of(ParameterDigest digest) {
        double[] sample = digest.sample();
        double[] help =
                Arrays.stream(sample).filter(x -> x < 0).map(Math::abs).sorted().toArray();
        double[] harm = Arrays.stream(sample).filter(x -> x > 0).sorted().toArray();
        double[] sizes = Arrays.stream(sample).map(Math::abs).sorted().toArray();
        Weibull fit = Weibull.fit(sample);
        Map<String, double[][]> lines = new LinkedHashMap<>();
        double low = edgeBelow(Stats.quantile(sizes, 0.001));
        lines.put("helped", density(help, low, sample.length));
        lines.put("hurt", density(harm, low, sample.length));
        double[] x = lines.get("helped")[0];
        lines.put("double Weibull", new double[][] {
            x,
            Arrays.stream(x)
                    .map(fit::density)
                    .map(y -> Math.max(y, Double.MIN_NORMAL))
                    .toArray()
        });
        double total = Arrays.stream(sizes).sum();
        double top = Arrays.stream(sizes, sizes.length - Math.max(1, sizes.length / 100), sizes.length)
                .sum();
        return new Figure(
                "distribution",
                "How large are single allocations?",
                "Density of the LCA of one parameter in one step, helping and hurting, on logarithmic axes: the straighter"
                        + " the fall, the heavier the tail.",
                List.of(new ChartPicture(
                        "Density of |LCA| of a parameter in a step",
                        Charts.logarithmic("|LCA|", "density", lines, (index, count) -> SIDES.get(index)))),
                new Table(
                        List.of(
                                "sampled",
                                "median |LCA|",
                                "99 % |LCA|",
                                "largest |LCA|",
                                "share of the largest 1 %",
                                "Weibull shape",
                                "Weibull scale"),
                        List.of(List.of(
                                (long) sizes.length,
                                Stats.quantile(sizes, 0.5),
                                Stats.quantile(sizes, 0.99),
                                sizes[sizes.length - 1],
                                top / total,
                                fit.shape(),
                                fit.scale()))));
    }

    /** Bins of all runs have the same edges: whole fractions of a decade. */
    private static double edgeBelow(double size) {
        return Math.pow(10, Math.floor(Math.log10(size) * BINS_PER_DECADE) / BINS_PER_DECADE);
    }

    /** The quotient itself may overflow. */
    private static double decades(double low, double high) {
        return Math.log10(high) - Math.log10(low);
    }

    /** Densities in bins of increasing width; empty bins are omitted. */
    private static double[][] density(double[] sizes, double low, int of) {
        if (sizes.length == 0) {
            return new double[2][0];
        }
        double high = sizes[sizes.length - 1];
        int bins = (int) Math.max(1, Math.ceil(decades(low, high) * BINS_PER_DECADE));
        double[] edges = new double[bins + 1];
        Arrays.setAll(edges, bin -> low * Math.pow(10, (double) bin / BINS_PER_DECADE));
        double[] counts = new double[bins];
        for (double size : sizes) {
            int bin = (int) Math.floor(decades(low, size) * BINS_PER_DECADE);
            if (bin >= 0) {
                counts[Math.min(bins - 1, bin)]++;
            }
        }
        int[] filled = java.util.stream.IntStream.range(0, bins)
                .filter(bin -> counts[bin] > 0)
                .toArray();
        return new double[][] {
            Arrays.stream(filled)
                    .mapToDouble(bin -> Math.sqrt(edges[bin] * edges[bin + 1]))
                    .toArray(),
            Arrays.stream(filled)
                    .mapToDouble(bin -> counts[bin] / of / (edges[bin + 1] - edges[bin]))
                    .toArray()
        };
    }
}
