package io.lossledger.standalone.commands;

import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.standalone.terminal.StepProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** The lines about a training's steps: with losses where they are measured, without where they are only recorded. */
final class StepTable {
    private final PrintWriter out;
    private final StepProgress progress;
    private final boolean records;

    StepTable(PrintWriter out, StepProgress progress, boolean records) {
        this.out = out;
        this.progress = progress;
        this.records = records;
    }

    void head() {
        String step = "%" + progress.width() + "s %12s";
        if (records) {
            out.printf(step + " %6s%n", "step", "minibatch", "left");
        } else {
            out.printf(step + " %12s %13s %6s%n", "step", "minibatch", "loss", "loss change", "left");
        }
    }

    void show(StepUpdate measured) {
        ObjectiveStep objective = measured.objectives().get(0);
        out.printf(
                Locale.ROOT,
                "%" + progress.width() + "s %12.6f %12.6f %13.6f %6s%n",
                progress.steps(),
                measured.facts().getMinibatchLoss(),
                objective.lossEnd(),
                objective.lossEnd() - objective.lossStart(),
                progress.left());
    }

    void show(TrainedSegment recorded) {
        out.printf(
                Locale.ROOT,
                "%" + progress.width() + "s %12.6f %6s%n",
                progress.steps(),
                recorded.facts().getMinibatchLoss(),
                progress.left());
    }
}
