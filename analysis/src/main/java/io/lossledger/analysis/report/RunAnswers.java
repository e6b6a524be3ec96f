package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.Table;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.RunVerdicts;
import io.lossledger.protocol.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;

/** The three verdicts on a run, from its closing balance, or from its newest step if it has none. Stateless. */
final class RunAnswers {
    private static final String LOW = "interval_low";
    private static final String HIGH = "interval_high";

    private RunAnswers() {}

    /** @param tolerance largest share of what moved that a residual may be */
    static List<Verdict> of(RunData run, double tolerance) {
        Table losses =
                run.ask("SELECT arg_min(loss_start, step) AS \"start\", arg_max(loss_end, step) AS \"end\" FROM s");
        Table sums = closing(run, "layer = ''");
        Table layers = closing(run, "layer <> ''");
        if (sums.isEmpty()) {
            sums = run.ask("SELECT cumulative_loss_change AS loss_change, cumulative_residual AS residual,"
                    + " steps_booked AS steps, missing_steps FROM s ORDER BY step DESC LIMIT 1");
            layers = run.ask("SELECT layer, arg_max(cumulative_lca, step) AS lca FROM l"
                    + " GROUP BY layer, layer_index ORDER BY layer_index");
        }
        WindowRow.Builder model = WindowRow.newBuilder()
                .setLossStart(losses.number("start"))
                .setLossEnd(losses.number("end"))
                .setLossChange(sums.number("loss_change"))
                .setResidual(sums.number("residual"))
                .setSteps((int) sums.number("steps"))
                .setMissingSteps((int) sums.number("missing_steps"));
        setInterval(model, sums, 0);
        return RunVerdicts.of(model.build(), rows(layers), tolerance).all();
    }

    /** Whether the run has a closing balance. */
    static boolean hasEnded(RunData run) {
        return !closing(run, "layer = ''").isEmpty();
    }

    private static Table closing(RunData run, String rows) {
        return run.ask("SELECT * FROM w WHERE kind = 'run' AND " + rows + " ORDER BY layer_index");
    }

    private static List<WindowRow> rows(Table layers) {
        List<WindowRow> rows = new ArrayList<>();
        double[] lca = layers.numbers("lca");
        for (int i = 0; i < lca.length; i++) {
            WindowRow.Builder row = WindowRow.newBuilder()
                    .setLayer(layers.texts("layer").get(i))
                    .setLca(lca[i]);
            setInterval(row, layers, i);
            rows.add(row.build());
        }
        return rows;
    }

    /** Of a sampled objective; the newest step has no interval. */
    private static void setInterval(WindowRow.Builder row, Table table, int index) {
        if (table.has(LOW) && Double.isFinite(table.numbers(LOW)[index])) {
            row.setIntervalLow(table.numbers(LOW)[index]).setIntervalHigh(table.numbers(HIGH)[index]);
        }
    }
}
