package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.ChartPicture;
import io.lossledger.analysis.report.picture.Charts;
import io.lossledger.analysis.report.picture.Palette;
import io.lossledger.analysis.report.picture.Table;
import java.util.List;
import java.util.Optional;

/** The loss by class, and the update by cause. */
final class SplitFigures {
    private SplitFigures() {}

    static Optional<Figure> classes(RunData run) {
        String from = " FROM a WHERE part = '' AND starts_with(objective, 'class=')";
        Table bars = run.ask("SELECT layer, objective, sum(lca) AS lca" + from
                + " GROUP BY layer, layer_index, objective ORDER BY layer_index, length(objective), objective");
        if (bars.isEmpty()) {
            return Optional.empty();
        }
        Table numbers = run.ask("SELECT objective AS class, sum(lca) AS \"ΣLCA\", sum(help) AS help, sum(harm) AS harm"
                + from + " GROUP BY objective ORDER BY length(objective), objective");
        return Optional.of(new Figure(
                "classes",
                "Which class was learned by which layer?",
                "LCA of each layer for the mean loss over each class: a layer may help one class and hurt another.",
                List.of(new ChartPicture(
                        "LCA by class",
                        Charts.bars("ΣLCA", LayerFigures.groups(bars, "layer", "objective"), Palette::layer))),
                numbers));
    }

    static Optional<Figure> parts(RunData run) {
        String from = " FROM a WHERE main AND part <> ''";
        Table bars = run.ask("SELECT part, layer, sum(lca) AS lca" + from
                + " GROUP BY part, layer, layer_index ORDER BY part, layer_index");
        if (bars.isEmpty()) {
            return Optional.empty();
        }
        Table numbers = run.ask("SELECT part, sum(lca) AS \"ΣLCA\", sum(help) AS help, sum(harm) AS harm" + from
                + " GROUP BY part ORDER BY part");
        return Optional.of(new Figure(
                "parts",
                "What part of the update helped?",
                "The update is split by its causes. Each part is booked as if it were the whole; together they sum to the LCA.",
                List.of(new ChartPicture(
                        "LCA by part of the update",
                        Charts.bars("ΣLCA", LayerFigures.groups(bars, "part", "layer"), Palette::series))),
                numbers));
    }
}
