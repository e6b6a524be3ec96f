package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.ChartPicture;
import io.lossledger.analysis.report.picture.Charts;
import io.lossledger.analysis.report.picture.Palette;
import io.lossledger.analysis.report.picture.Stats;
import io.lossledger.analysis.report.picture.Table;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How many parameters help in a step, and in how many steps a parameter helps. */
final class HelpFigures {
    private static final int BINS = 50;

    private HelpFigures() {}

    static Optional<Figure> perStep(RunData run) {
        Table steps = run.ask("SELECT step, helped_share_of_nonzero AS share FROM s JOIN p USING (step) ORDER BY step");
        Table all = run.ask("SELECT least(" + (BINS - 1) + ", floor(helped_share_of_nonzero * " + BINS + ")) AS bin,"
                + " count(*) AS steps FROM s GROUP BY bin");
        Map<String, double[][]> line = new LinkedHashMap<>();
        line.put("share", new double[][] {steps.numbers("step"), steps.numbers("share")});
        Table numbers = run.ask("SELECT avg(helped_share_of_nonzero) AS mean, min(helped_share_of_nonzero) AS least,"
                + " median(helped_share_of_nonzero) AS median, max(helped_share_of_nonzero) AS most,"
                + " avg((helped_share_of_nonzero > 0.5)::INT) AS \"share of steps with more than half\","
                + " avg(zero_parameters / parameters) AS \"share of parameters that do not matter\" FROM s");
        return Optional.of(new Figure(
                "helping",
                "How many parameters help in a step?",
                "Share of the parameters with an LCA other than 0 whose LCA is negative; at one half, as many hurt as help.",
                List.of(
                        new ChartPicture(
                                "Share of non-zero parameters that help",
                                Charts.lines("step", "share", line, Charts.NEUTRAL)),
                        new ChartPicture(
                                "Steps by that share",
                                Charts.histogram("share", "steps", bins(all.numbers("bin"), all.numbers("steps"))))),
                numbers));
    }

    static Optional<Figure> perParameter(RunData run) {
        return run.parameters().map(digest -> {
            double[] shares = digest.shares();
            Table numbers = Stats.table("parameters", shares);
            return new Figure(
                    "helped",
                    "In how many steps does a parameter help?",
                    "Parameters by the share of steps in which they helped, among the steps in which they mattered.",
                    List.of(new ChartPicture(
                            "Parameters by the share of steps in which they helped",
                            Charts.histogram("share of steps", "parameters", histogram(shares)))),
                    numbers);
        });
    }

    static Optional<Figure> trajectories(RunData run) {
        return run.tracks().filter(tracks -> !tracks.isEmpty()).map(HelpFigures::trajectories);
    }

    private static Figure trajectories(ParameterTracks tracks) {
        List<List<Object>> rows = new ArrayList<>();
        Map<String, double[][]> lines = new LinkedHashMap<>();
        List<Palette.Look> looks = new ArrayList<>();
        tracks.tracks().forEach(track -> {
            Color colour = track.isDrawn() ? Palette.INK : track.total().lca() < 0 ? Palette.HELP : Palette.HURT;
            looks.add(Palette.look(colour, (int)
                    looks.stream().filter(look -> look.colour().equals(colour)).count()));
            lines.put(track.label(), track.cumulative());
            rows.add(List.of(
                    track.label(), track.total().lca(), (long) track.total().helped(), (long)
                            track.total().hurt()));
        });
        return new Figure(
                "parameters",
                "What do single parameters do?",
                "Cumulative LCA of the parameters that helped most (blue), of those that hurt most (orange), and of some random"
                        + " ones.",
                List.of(new ChartPicture(
                        "Cumulative LCA of single parameters",
                        Charts.lines("step", "ΣLCA so far", lines, (index, count) -> looks.get(index)))),
                new Table(List.of("parameter", "ΣLCA", "steps helped", "steps hurt"), List.copyOf(rows)));
    }

    /** Counts of shares in bins from 0 to 1. */
    static double[][] histogram(double[] shares) {
        double[] bins = Arrays.stream(shares)
                .map(share -> Math.min(BINS - 1, Math.floor(share * BINS)))
                .toArray();
        double[] ones = new double[bins.length];
        Arrays.fill(ones, 1);
        return bins(bins, ones);
    }

    /** The start and height of each bin, and finally the end of the last one. */
    private static double[][] bins(double[] bins, double[] counts) {
        double[][] histogram = new double[2][BINS + 1];
        Arrays.setAll(histogram[0], bin -> (double) bin / BINS);
        for (int i = 0; i < bins.length; i++) {
            if (bins[i] >= 0 && bins[i] < BINS) {
                histogram[1][(int) bins[i]] += counts[i];
            }
        }
        histogram[1][BINS] = histogram[1][BINS - 1];
        return histogram;
    }
}
