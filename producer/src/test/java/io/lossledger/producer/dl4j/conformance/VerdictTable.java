package io.lossledger.producer.dl4j.conformance;

import io.lossledger.producer.evaluate.EvaluatorChoice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Writes verdicts to a table, a file in Markdown. */
final class VerdictTable {
    private final Path file;

    VerdictTable(Path file) {
        this.file = file;
        append("training", "evaluator", "ledger", "identical", "residual", "slope");
        append("---", "---", "---", "---", "---", "---");
    }

    /** Trains once more, with finer steps, for the residual. */
    void add(Recipe recipe, Verdict verdict) {
        boolean attached = verdict.refusal().isEmpty();
        boolean booked = attached && verdict.unmeasured() == 0;
        append(
                recipe.name(),
                attached ? verdict.evaluator() : "",
                attached ? "attached" : "refused: " + verdict.refusal(),
                verdict.differences().isEmpty() ? "yes" : "no",
                booked ? scientific(Verdict.refinedResidual(recipe, EvaluatorChoice.AUTO)) : "",
                booked ? scientific(verdict.slope()) : "");
    }

    private static String scientific(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }

    private void append(String... cells) {
        try {
            Files.writeString(
                    file,
                    "| " + String.join(" | ", cells) + " |\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
