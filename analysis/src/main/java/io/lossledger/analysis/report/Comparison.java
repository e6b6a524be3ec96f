package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.ChartPicture;
import io.lossledger.analysis.report.picture.Charts;
import io.lossledger.analysis.report.picture.Palette;
import io.lossledger.analysis.report.picture.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Several runs in one chart, and their numbers up to the same step. */
final class Comparison {
    private Comparison() {}

    static Figure of(List<RunData> runs) {
        long last = runs.get(0).lastShared();
        Map<String, double[][]> lines = new LinkedHashMap<>();
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (RunData run : runs) {
            Table steps = run.ask("SELECT step, loss_end FROM s JOIN p USING (step) ORDER BY step");
            lines.put(run.run(), new double[][] {steps.numbers("step"), steps.numbers("loss_end")});
            Table numbers = run.ask("SELECT (SELECT count(*) FROM s) AS steps, arg_min(loss_start, step) AS first,"
                    + " arg_max(loss_end, step) AS loss, arg_max(cumulative_lca, step) AS lca,"
                    + " arg_max(cumulative_residual, step) AS residual, avg(helped_share_of_nonzero) AS share,"
                    + " sum(harm) / -nullif(sum(help), 0) AS harm FROM s WHERE step <= " + last);
            List<@Nullable Object> row = new ArrayList<>();
            row.add(run.run());
            row.add(run.objective());
            row.addAll(numbers.rows().get(0));
            rows.add(row);
        }
        return new Figure(
                "comparison",
                "How do the runs compare?",
                "The numbers of all runs are those up to step " + last
                        + ", the newest that all of them have. The pictures of" + " the runs below have the same axes.",
                List.of(new ChartPicture("Loss of each run", Charts.lines("step", "loss", lines, Palette::run))),
                new Table(
                        List.of(
                                "run",
                                "objective",
                                "steps",
                                "first loss",
                                "loss at step " + last,
                                "ΣLCA",
                                "residual",
                                "mean share that helps",
                                "hurt by help"),
                        rows));
    }
}
