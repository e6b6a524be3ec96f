package io.lossledger.standalone.terminal;

import io.lossledger.producer.publish.PublishReport;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.ClosingRows;
import io.lossledger.protocol.verdict.RunVerdicts;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints a run for people: a line per second, the closing balance, and what it says. Not thread-safe. */
public final class RunTable {
    private static final int HEADER_EVERY = 20;
    private static final int MOST_LAYERS = 5;
    /** With the step, three layers fit into 100 columns. */
    private static final String TEXTS = " %9s %10s %10s %8s %8s %5s  %s%n";

    private static final String NUMBERS = " %9.5f %+10.5f %+10.2e %8s %8s %5s  %s%n";

    private final PrintWriter out;
    private final StepProgress progress;
    private final Ticker ticker = new Ticker();
    private int lines;

    public RunTable(PrintWriter out, StepProgress progress) {
        this.out = out;
        this.progress = progress;
    }

    /** Prints a line for the step if one is due. */
    public void show(StepRow step, List<LayerRow> layers) {
        progress.at(step.getStep(), step.getStepsCovered());
        if (!ticker.isDue() && !progress.isLast()) {
            return;
        }
        if (lines++ % HEADER_EVERY == 0) {
            out.printf(
                    "%" + progress.width() + "s" + TEXTS,
                    "step",
                    "loss",
                    "ΣLCA",
                    "residual",
                    "help/all",
                    "help/≠0",
                    "left",
                    "share of ΣLCA by layer");
        }
        out.printf(
                Locale.ROOT,
                "%" + progress.width() + "s" + NUMBERS,
                progress.steps(),
                step.getLossEnd(),
                step.getCumulativeLca(),
                step.getCumulativeResidual(),
                percent(step.getHelpedShare()),
                percent(step.getHelpedShareOfNonzero()),
                progress.left(),
                shares(step, layers));
    }

    /** Prints an alert that has opened or closed. */
    public void show(AlertRow alert) {
        boolean opened = alert.getState() == AlertState.ALERT_STATE_OPENED;
        out.printf(
                "%7d  %s %s: %s%n", alert.getStep(), opened ? "ALERT" : "closed", alert.getRule(), alert.getMessage());
    }

    /**
     * Prints the closing balance and returns whether the books balance: no step missing but those that the trainer skipped,
     * and the residual within the tolerance. Then says in words how the run went.
     */
    public static boolean close(PrintWriter out, ClosingRows rows, PublishReport report, double tolerance) {
        WindowRow closing = rows.model();
        double residual = Math.abs(closing.getResidual());
        double relative = residual == 0 ? 0 : residual / Math.abs(closing.getLossChange());
        boolean complete = closing.getSteps() == report.steps() && closing.getMissingSteps() == report.skippedSteps();
        boolean balanced = complete && rows.balance().isWithin(tolerance);
        out.printf(
                Locale.ROOT,
                "%s: run=%s steps=%d lca=%.9f loss-change=%.9f residual=%.3e relative=%.3e%n",
                balanced ? "balanced" : "not balanced",
                closing.getRun(),
                closing.getSteps(),
                closing.getLca(),
                closing.getLossChange(),
                closing.getResidual(),
                relative);
        if (closing.getSteps() > 0) {
            RunVerdicts.of(rows, tolerance).all().forEach(out::println);
        }
        return balanced;
    }

    /** Of deep networks, only the layers with the largest share, positive or negative; layers with a non-finite sum come first. */
    private static String shares(StepRow step, List<LayerRow> layers) {
        Set<LayerRow> largest = layers.stream()
                .sorted(Comparator.comparingDouble(layer -> -size(layer.getCumulativeLca())))
                .limit(MOST_LAYERS)
                .collect(Collectors.toSet());
        StringBuilder text = new StringBuilder();
        for (LayerRow layer : layers) {
            if (largest.contains(layer)) {
                double share = layer.getCumulativeLca() / step.getCumulativeLca();
                text.append(layer.getLayer() + " " + percent(share) + "  ");
            }
        }
        return text.toString().stripTrailing() + (layers.size() > MOST_LAYERS ? "  ..." : "");
    }

    private static double size(double value) {
        return Double.isFinite(value) ? Math.abs(value) : Double.POSITIVE_INFINITY;
    }

    private static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f%%", 100 * share) : Double.toString(share);
    }
}
