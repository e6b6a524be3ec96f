package io.lossledger.analysis.report;

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
        Table steps = run.ask("SELECT step, helped_share_of_nonzero AS share FROM s ORDER BY step");
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
                        new ChartPicture("Share of non-zero parameters that help", Charts.lines("step", "share", line)),
                        new ChartPicture(
                                "Steps by that share",
                                Charts.histogram("share", "steps", histogram(steps.numbers("share"))))),
                numbers));
    }

    static Optional<Figure> perParameter(RunData run) {
        return run.parameters().map(digest -> {
            double[] shares = digest.totals().stream()
                    .filter(total -> total.helped() + total.hurt() > 0)
                    .mapToDouble(HelpFigures::share)
                    .toArray();
            Table numbers = Stats.table("parameters", shares);
            return new Figure(
                    "helped",
                    "In how many steps does a parameter help?",
                    "Parameters by the share of their steps, of those in which they mattered, in which they helped.",
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
        tracks.tracks().forEach(track -> {
            lines.put(track.label(), track.cumulative());
            rows.add(List.of(
                    track.label(), track.total().lca(), (long) track.total().helped(), (long)
                            track.total().hurt()));
        });
        return new Figure(
                "parameters",
                "What do single parameters do?",
                "Cumulative LCA of those that helped most, those that hurt most, and some that were drawn.",
                List.of(new ChartPicture(
                        "Cumulative LCA of single parameters", Charts.lines("step", "ΣLCA so far", lines))),
                new Table(List.of("parameter", "ΣLCA", "steps helped", "steps hurt"), List.copyOf(rows)));
    }

    static double share(ParameterDigest.Total total) {
        return (double) total.helped() / (total.helped() + total.hurt());
    }

    /** Counts of shares in bins from 0 to 1, at their beginnings. */
    static double[][] histogram(double[] shares) {
        double[] starts = new double[BINS];
        double[] counts = new double[BINS];
        Arrays.setAll(starts, bin -> (double) bin / BINS);
        for (double share : shares) {
            if (share >= 0 && share <= 1) {
                counts[Math.min(BINS - 1, (int) (share * BINS))]++;
            }
        }
        return new double[][] {starts, counts};
    }
}
