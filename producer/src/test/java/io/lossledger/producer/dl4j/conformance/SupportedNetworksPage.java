package io.lossledger.producer.dl4j.conformance;

import io.lossledger.producer.dl4j.conformance.ClassScan.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Renders the documentation of what a ledger measures, from the recipes. */
final class SupportedNetworksPage {
    private static final String HEAD =
            """
            # Which networks can be measured?

            A ledger attaches to any `MultiLayerNetwork` or `ComputationGraph` of DL4J 1.0.0-M2.1 and measures it, or refuses it with an error that
            names the layer. It never changes the training. Each class below was found by scanning DL4J's jars, and a test trains a small network
            with it, with and without a ledger. The test compares configuration, parameters, optimizer state, scores, counters and random numbers
            to the bit, and the gradients of each tensor with finite differences of the loss in float64, to 1e-5 of their sum. `tests/trainings`
            prints the figures.

            Dropout, weight noise, constraints and regularization act on the training alone: the books hold the data loss, without them.

            """;

    private SupportedNetworksPage() {}

    static String render() {
        StringBuilder page = new StringBuilder(HEAD);
        refusals(page);
        for (Kind kind : Kind.values()) {
            page.append("## ").append(kind.title()).append("\n\n| class | ledger | remarks |\n|---|---|---|\n");
            for (Class<?> found : ClassScan.concrete(kind)) {
                row(page, found);
            }
            page.append('\n');
        }
        return page.substring(0, page.length() - 1);
    }

    private static void refusals(StringBuilder page) {
        page.append("## What is refused\n\n| training | because | error |\n|---|---|---|\n");
        for (Recipe recipe : Recipes.all()) {
            if (recipe.awaited().isEmpty() && recipe.expectation() instanceof Expectation.Refused refused) {
                cells(page, name(recipe), refused.reason(), "… " + refused.message() + " …");
            }
        }
        page.append('\n');
    }

    private static void row(StringBuilder page, Class<?> found) {
        String reason = Unbuildable.REASONS.get(found);
        if (reason != null) {
            cells(page, code(found), "", reason);
            return;
        }
        List<String> outcomes = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        List<String> measured = new ArrayList<>();
        for (Recipe recipe : Recipes.all()) {
            if (recipe.of().equals(found)) {
                String outcome = outcome(recipe);
                if (!outcomes.contains(outcome)) {
                    outcomes.add(outcome);
                }
                remark(recipe, measured, remarks);
            }
        }
        if (!measured.isEmpty()) {
            remarks.add(0, "tried: " + String.join(", ", measured));
        }
        cells(page, code(found), String.join("; ", outcomes), String.join("; ", remarks));
    }

    private static String outcome(Recipe recipe) {
        if (!recipe.awaited().isEmpty()) {
            return "not yet";
        }
        if (recipe.expectation() instanceof Expectation.Refused) {
            return "refused";
        }
        return recipe.expectation() instanceof Expectation.Broken ? "DL4J fails" : "measured";
    }

    private static void remark(Recipe recipe, List<String> measured, List<String> remarks) {
        String which = recipe.detail().isEmpty() ? "" : recipe.detail() + ": ";
        if (!recipe.awaited().isEmpty()) {
            remarks.add(which + "not yet, for want of " + recipe.awaited());
        } else if (recipe.expectation() instanceof Expectation.Refused refused) {
            remarks.add(which + "refused, because " + refused.reason());
        } else if (recipe.expectation() instanceof Expectation.Broken broken) {
            remarks.add(which + "DL4J fails to train it, with "
                    + broken.exception().getSimpleName() + " \"" + broken.message() + "\"");
        } else if (recipe.expectation() instanceof Expectation.Measured exact) {
            if (!recipe.detail().isEmpty()) {
                measured.add(recipe.detail());
            }
            if (!exact.reason().isEmpty()) {
                remarks.add(String.format(Locale.ROOT, "%sto %.0e %s", which, exact.tolerance(), exact.reason()));
            }
        }
    }

    private static String name(Recipe recipe) {
        return recipe.detail().isEmpty() ? code(recipe.of()) : code(recipe.of()) + ", " + recipe.detail();
    }

    private static String code(Class<?> found) {
        return '`' + found.getSimpleName() + '`';
    }

    private static void cells(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
