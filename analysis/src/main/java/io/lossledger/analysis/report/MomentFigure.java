package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.ChartPicture;
import io.lossledger.analysis.report.picture.Charts;
import io.lossledger.analysis.report.picture.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps at which more layers learn most than chance would explain. */
final class MomentFigure {
    private MomentFigure() {}

    static Optional<Figure> of(RunData run) {
        Table moments = run.ask("SELECT step, score FROM m ORDER BY step");
        if (moments.isEmpty()) {
            return Optional.empty();
        }
        Table numbers = run.ask("SELECT step, len(layers) AS \"layers at a minimum\", layers_in_model AS layers,"
                + " score AS \"standard deviations\", chance FROM m ORDER BY score DESC LIMIT 10");
        double[] x = moments.numbers("step");
        double[] y = moments.numbers("score");
        // A needle for each moment.
        double[][] needles = new double[2][3 * x.length];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < 3; k++) {
                needles[0][3 * i + k] = x[i];
                needles[1][3 * i + k] = k == 1 ? y[i] : 0;
            }
        }
        return Optional.of(new Figure(
                "moments",
                "Do layers learn together?",
                "A needle is a step at which more layers have a local minimum of their LCA than random shifts in time"
                        + " would explain; its height is the excess in standard deviations.",
                List.of(new ChartPicture(
                        "Moments of learning",
                        Charts.lines("step", "standard deviations", Map.of("moments", needles), Charts.NEUTRAL))),
                numbers));
    }
}
