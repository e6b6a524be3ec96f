package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.ChartPicture;
import io.lossledger.analysis.report.picture.Charts;
import io.lossledger.analysis.report.picture.Palette;
import io.lossledger.analysis.report.picture.Picture;
import io.lossledger.analysis.report.picture.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Layers: how much each one contributed, when, and how much it oscillated. */
final class LayerFigures {
    private LayerFigures() {}

    static Optional<Figure> totals(RunData run) {
        Table bars = run.ask("SELECT objective, layer, sum(lca) AS lca FROM a WHERE part = ''"
                + " AND NOT starts_with(objective, 'class=')"
                + " GROUP BY objective, layer, layer_index ORDER BY objective, layer_index");
        Map<String, Map<String, Double>> groups = groups(bars, "objective", "layer");
        Table numbers = run.ask("SELECT layer, any_value(parameters) AS parameters, sum(lca) AS \"ΣLCA\","
                + " CASE WHEN isfinite(sum(sum(lca)) OVER ()) THEN sum(lca) / sum(sum(lca)) OVER () ELSE 'NaN'::DOUBLE END"
                + " AS \"share of ΣLCA\","
                + " any_value(parameters) / sum(any_value(parameters)) OVER () AS \"share of parameters\","
                + " sum(lca) / any_value(parameters) AS \"ΣLCA per parameter\", sum(help) AS help, sum(harm) AS harm"
                + " FROM l GROUP BY layer, layer_index ORDER BY layer_index");
        return Optional.of(new Figure(
                "layers",
                "Which layer learned?",
                "Bars below zero are layers that lowered the loss over the run; bars above it are layers that hurt.",
                List.of(new ChartPicture(
                        "LCA of each layer, summed over the run",
                        Charts.bars("ΣLCA", groups, groups.size() == 1 ? Charts.SIGNED : Palette::series))),
                numbers));
    }

    static Optional<Figure> cumulative(RunData run) {
        List<Picture> pictures = new ArrayList<>();
        Table objectives = run.ask("SELECT DISTINCT objective FROM a WHERE part = ''"
                + " AND NOT starts_with(objective, 'class=') ORDER BY objective");
        for (String objective : objectives.texts("objective")) {
            Table rows = run.ask("SELECT layer, step, cumulative_lca AS lca FROM a JOIN p USING (step) WHERE part = ''"
                    + " AND objective = " + RunData.quoted(objective) + " ORDER BY layer_index, step");
            pictures.add(new ChartPicture(
                    "Cumulative LCA of each layer, " + objective,
                    Charts.lines("step", "ΣLCA so far", lines(rows, "layer", "step", "lca"), Palette::layer)));
        }
        if (run.layers() > 1) {
            pictures.add(LayerHeat.of(run));
        }
        Table numbers = run.ask("SELECT layer," + upTo(run, 10) + upTo(run, 4) + upTo(run, 2) + upTo(run, 1)
                + (run.lastShared() < run.lastStep() ? " arg_max(cumulative_lca, step) AS \"at the end\"" : "")
                + " FROM l GROUP BY layer, layer_index ORDER BY layer_index");
        return Optional.of(new Figure(
                "cumulative",
                "When did each layer learn?",
                "A falling line is a layer that helps; a rising one undoes what was learned. In the heatmap, blue helped and orange"
                        + " hurt.",
                pictures,
                numbers));
    }

    /** A column of the LCA up to a step that all runs of the page have reached. */
    private static String upTo(RunData run, int part) {
        long step = run.lastShared() / part;
        return " arg_max(cumulative_lca, step) FILTER (step <= " + step + ") AS \"up to step " + step + "\",";
    }

    static Optional<Figure> oscillation(RunData run) {
        Table numbers = run.ask("WITH n AS (SELECT layer, max(unit) + 1 AS units FROM u GROUP BY layer)"
                + " SELECT layer, units, sum(sign_changes) AS \"sign changes\","
                + " sum(sign_changes) / (units * count(*)) AS \"share of steps\","
                + " avg(gini_of_help) AS \"mean Gini of help\", avg(top_percent_share) AS \"help by the top 1 %\""
                + " FROM l JOIN n USING (layer) GROUP BY layer, layer_index, units ORDER BY layer_index");
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Double> bars = new LinkedHashMap<>();
        for (int i = 0; i < numbers.size(); i++) {
            bars.put(numbers.texts("layer").get(i), numbers.numbers("share of steps")[i]);
        }
        return Optional.of(new Figure(
                "oscillation",
                "How often do units turn from helping to hurting?",
                "Units with a random LCA in each step would change sign in half of the steps; more than that is oscillation.",
                List.of(new ChartPicture(
                        "Share of steps in which a unit's LCA changes its sign",
                        Charts.bars("sign changes per unit and step", Map.of("units", bars), Charts.NEUTRAL))),
                numbers));
    }

    /** A group of bars for each value of a column. */
    static Map<String, Map<String, Double>> groups(Table rows, String group, String name) {
        Map<String, Map<String, Double>> groups = new LinkedHashMap<>();
        double[] heights = rows.numbers("lca");
        for (int i = 0; i < rows.size(); i++) {
            groups.computeIfAbsent(rows.texts(group).get(i), key -> new LinkedHashMap<>())
                    .put(rows.texts(name).get(i), heights[i]);
        }
        return groups;
    }

    /** A line for each value of a column. */
    static Map<String, double[][]> lines(Table rows, String name, String x, String y) {
        Map<String, List<double[]>> points = new LinkedHashMap<>();
        List<String> names = rows.texts(name);
        double[] xs = rows.numbers(x);
        double[] ys = rows.numbers(y);
        for (int i = 0; i < xs.length; i++) {
            points.computeIfAbsent(names.get(i), key -> new ArrayList<>()).add(new double[] {xs[i], ys[i]});
        }
        Map<String, double[][]> lines = new LinkedHashMap<>();
        points.forEach((key, list) -> lines.put(key, new double[][] {
            list.stream().mapToDouble(point -> point[0]).toArray(),
            list.stream().mapToDouble(point -> point[1]).toArray()
        }));
        return lines;
    }
}
