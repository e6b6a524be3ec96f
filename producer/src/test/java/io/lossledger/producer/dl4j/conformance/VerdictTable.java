package io.lossledger.producer.dl4j.conformance;

import io.lossledger.producer.dl4j.EvaluatorChoice;
import java.util.Locale;

/** Prints verdicts as a table. */
final class VerdictTable {
    private static final String ROW = "| %-50s | %-9s | %-8s | %-9s | %-8s | %-7s |%n";

    private VerdictTable() {}

    static void printHead() {
        print("training", "evaluator", "ledger", "identical", "residual", "slope");
        print("---", "---", "---", "---", "---", "---");
    }

    static void print(Recipe recipe, Verdict verdict) {
        boolean attached = verdict.refusal().isEmpty();
        boolean booked = attached && verdict.unmeasured() == 0;
        print(
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

    private static void print(String... cells) {
        System.out.printf(Locale.ROOT, ROW, (Object[]) cells);
    }
}
