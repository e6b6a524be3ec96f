package io.lossledger.analysis.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The LCA of units over steps, as a heatmap. */
final class UnitFigure {
    private static final int MOST_COLUMNS = 640;
    private static final int MOST_LAYERS = 24;
    private static final int MOST_LINES = 512;
    private static final double FEW = 0.99;

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
                "A row is a unit, or several if there are many; a column is several steps, the first on the left. Blue helped, red"
                        + " hurt. Colours scale with the root of the LCA, up to the value that one in a hundred exceeds; grey is not finite. At most the first "
                        + MOST_LAYERS + " layers with units are drawn.",
                pictures,
                numbers));
    }

    private static Picture layer(RunData run, String layer, int units) {
        Table span =
                run.ask("SELECT min(step) AS first, max(step) AS last FROM u WHERE layer = " + RunData.quoted(layer));
        long first = (long) span.number("first");
        long steps = (long) span.number("last") - first + 1;
        int columns = (int) Math.min(MOST_COLUMNS, steps);
        int lines = Math.min(MOST_LINES, units);
        Table sums = run.ask("SELECT unit * " + lines + " // " + units + " AS line, (step - " + first + ") * " + columns
                + " // " + steps + " AS col, sum(lca) AS lca FROM u WHERE layer = " + RunData.quoted(layer)
                + " GROUP BY ALL");
        double[][] values = new double[lines][columns];
        double[] line = sums.numbers("line");
        double[] column = sums.numbers("col");
        double[] lca = sums.numbers("lca");
        for (int i = 0; i < lca.length; i++) {
            values[(int) line[i]][(int) column[i]] = lca[i];
        }
        double[] sizes = Arrays.stream(lca)
                .filter(Double::isFinite)
                .map(Math::abs)
                .sorted()
                .toArray();
        double scale = Stats.quantile(sizes, FEW);
        return new HeatPicture(
                layer + ": " + units + " units, steps " + first + " to " + (first + steps - 1) + ", full colour at "
                        + Html.number(scale),
                values,
                scale > 0 ? scale : 1);
    }
}
