package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.HeatPicture;
import io.lossledger.analysis.report.picture.Picture;
import io.lossledger.analysis.report.picture.Table;
import java.util.List;

/** The LCA of layers over steps, as a heatmap. */
final class LayerHeat {
    private LayerHeat() {}

    static Picture of(RunData run) {
        List<String> names = run.ask("SELECT layer FROM l GROUP BY layer, layer_index ORDER BY layer_index")
                .texts("layer");
        Table span = run.ask("SELECT min(step) AS first, max(step) AS last FROM l");
        return HeatPicture.of(
                "LCA of each layer in a step",
                names,
                new HeatPicture.Span(span.number("first"), span.number("last") + 1),
                column -> run.ask("WITH n AS (SELECT layer, row_number() OVER (ORDER BY layer_index) - 1 AS line FROM l"
                        + " GROUP BY layer, layer_index) SELECT line, " + column + " AS col,"
                        + " sum(lca) / count(DISTINCT step) AS lca FROM l JOIN n USING (layer) GROUP BY ALL"));
    }
}
