package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.HeatPicture;
import io.lossledger.analysis.report.picture.Picture;
import io.lossledger.analysis.report.picture.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The LCA of units over steps, as a heatmap. */
final class UnitFigure {
    private static final int MOST_LAYERS = 24;
    private static final int MOST_LINES = 512;

    private UnitFigure() {}

    static Optional<Figure> of(RunData run) {
        Table layers = run.ask("SELECT layer, max(unit) + 1 AS units FROM u GROUP BY layer, layer_index"
                + " ORDER BY layer_index LIMIT " + MOST_LAYERS);
        if (layers.isEmpty()) {
            return Optional.empty();
        }
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            pictures.add(layer(run, layers.texts("layer").get(i), (int) layers.numbers("units")[i]));
        }
        Table numbers = run.ask(
                "WITH t AS (SELECT layer, layer_index, unit, sum(lca) AS lca FROM u GROUP BY ALL),"
                        + " r AS (SELECT *, row_number() OVER (PARTITION BY layer ORDER BY lca) AS best,"
                        + " row_number() OVER (PARTITION BY layer ORDER BY lca DESC) AS worst FROM t)"
                        + " SELECT layer, count(*) AS units, arg_min(unit, lca) AS \"best unit\", min(lca) AS \"its ΣLCA\","
                        + " arg_max(unit, lca) AS \"worst unit\", max(lca) AS \"its ΣLCA \","
                        + " avg((lca < 0)::INT) AS \"share of units that helped\" FROM r GROUP BY layer, layer_index ORDER BY layer_index");
        return Optional.of(new Figure(
                "units",
                "Which units learned, and when?",
                "A row is a unit, or the sum of several; a column is a step, or the mean of several. Blue helped, orange hurt."
                        + " Colours scale with the root of the LCA, up to the value at the ends of the bar, which few exceed;"
                        + " grey is not finite. At most the first " + MOST_LAYERS + " layers with units are drawn.",
                pictures,
                numbers));
    }

    private static Picture layer(RunData run, String layer, int units) {
        String from = " FROM u WHERE layer = " + RunData.quoted(layer);
        Table span = run.ask("SELECT min(step) AS first, max(step) AS last" + from);
        int lines = Math.min(MOST_LINES, units);
        return HeatPicture.of(
                layer + ": " + units + " units",
                IntStream.range(0, lines)
                        .mapToObj(line -> "unit " + (line * units + lines - 1) / lines)
                        .toList(),
                new HeatPicture.Span(span.number("first"), span.number("last") + 1),
                column -> run.ask("SELECT unit * " + lines + " // " + units + " AS line, " + column + " AS col,"
                        + " sum(lca) / count(DISTINCT step) AS lca" + from + " GROUP BY ALL"));
    }
}
