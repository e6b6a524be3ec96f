package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.ChartPicture;
import io.lossledger.analysis.report.picture.Charts;
import io.lossledger.analysis.report.picture.Palette;
import io.lossledger.analysis.report.picture.Palette.Looks;
import io.lossledger.analysis.report.picture.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The loss compared with the sums of the ledger. */
final class LossFigures {
    /** The true loss is dashed, so that the sum is seen below it. */
    private static final List<Palette.Look> LOOKS =
            List.of(Palette.look(Palette.INK, 1), Palette.look(Palette.ALLOCATED, 0));

    private LossFigures() {}

    static Optional<Figure> balance(RunData run) {
        Table steps =
                run.ask("SELECT step, loss_end, first(loss_start) OVER (ORDER BY step) + cumulative_lca AS summed,"
                        + " loss_end - first(loss_start) OVER (ORDER BY step) - cumulative_lca AS residual FROM s JOIN p USING (step)"
                        + " ORDER BY step");
        double[] x = steps.numbers("step");
        Map<String, double[][]> lines = new LinkedHashMap<>();
        lines.put("true loss", new double[][] {x, steps.numbers("loss_end")});
        lines.put("first loss + ΣLCA", new double[][] {x, steps.numbers("summed")});
        Map<String, double[][]> residual = new LinkedHashMap<>();
        residual.put("residual", new double[][] {x, steps.numbers("residual")});
        long last = run.lastShared();
        Table numbers =
                run.ask("WITH n AS (SELECT *, row_number() OVER (ORDER BY step) AS i, count(*) OVER () AS c FROM s)"
                        + " SELECT step, loss_end AS \"true loss\", cumulative_lca AS \"ΣLCA\","
                        + " cumulative_loss_change AS \"loss change\", cumulative_residual AS residual,"
                        + " abs(cumulative_residual / nullif(cumulative_loss_change, 0)) AS \"relative error\","
                        + " missing_steps AS \"missing steps\""
                        + " FROM n WHERE i = 1 OR i = c OR (step <= " + last + " AND step % "
                        + Math.max(1, (last + 1) / 10) + " = 0) ORDER BY step");
        return Optional.of(new Figure(
                "balance",
                "Does the sum of all allocations give the loss?",
                "The two lines coincide when the books balance; the second chart shows their difference. Steps that were not"
                        + " measured are missing in the sum, but not in the true loss.",
                List.of(
                        new ChartPicture(
                                "Loss of " + run.objective(),
                                Charts.lines("step", "loss", lines, (index, count) -> LOOKS.get(index))),
                        new ChartPicture(
                                "What is left",
                                Charts.lines("step", "residual", residual, Looks.of(Palette.RESIDUAL)))),
                numbers));
    }
}
