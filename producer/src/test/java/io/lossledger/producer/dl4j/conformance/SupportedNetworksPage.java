package io.lossledger.producer.dl4j.conformance;

import io.lossledger.producer.dl4j.conformance.ClassScan.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders the documentation of what a ledger measures, from the recipes. */
final class SupportedNetworksPage {
    private static final String HEAD = """
            # Which networks can be measured?

            A ledger attaches to any `MultiLayerNetwork` or `ComputationGraph` of DL4J 1.0.0-M2.1 and measures it, or refuses it with an error that
            names the layer. It never changes the training.

            A test scans DL4J's jars for every class below and trains a small network with each of them, with and without a ledger. Configuration,
            parameters, optimizer state, scores, counters and random numbers must be identical to the bit. The gradient of each tensor along its
            update must agree with finite differences of the loss of a separate float64 network, to 1e-5 of their sum. `tests/trainings`
            prints the figures.

            Dropout, noise, constraints and regularization act on the training alone: the books hold the loss of the data without them.

            """;

    private SupportedNetworksPage() {}

    static String render() {
        StringBuilder page = new StringBuilder(HEAD);
        table(page, "Refused", "because", recipe -> recipe.expectation() instanceof Expectation.Refused);
        table(
                page,
                "Not trainable by DL4J itself",
                "DL4J says",
                recipe -> recipe.expectation() instanceof Expectation.Broken);
        table(
                page,
                "Measured with less precision",
                "because",
                recipe -> recipe.expectation() instanceof Expectation.Measured measured
                        && !measured.reason().isEmpty());
        rows(
                page,
                "Not measured yet",
                "waits for",
                Recipes.all().stream().filter(SupportedNetworksPage::isAwaited),
                Recipe::awaited);
        page.append("## Measured\n\nIn parentheses: variants that are tested in addition to the basic use.\n\n");
        for (Kind kind : Kind.values()) {
            page.append("**")
                    .append(kind.title())
                    .append(":** ")
                    .append(measured(kind))
                    .append("\n\n");
        }
        return page.substring(0, page.length() - 1);
    }

    /** Classes of a kind that are measured, with the ways in which they are used. */
    private static String measured(Kind kind) {
        return ClassScan.concrete(kind).stream()
                .filter(found -> recipes(found).stream().anyMatch(SupportedNetworksPage::isMeasured))
                .map(found -> code(found) + ways(found))
                .collect(Collectors.joining(", ", "", "."));
    }

    private static String ways(Class<?> found) {
        String ways = recipes(found).stream()
                .filter(recipe -> isMeasured(recipe) && !recipe.detail().isEmpty())
                .map(Recipe::detail)
                .collect(Collectors.joining("; "));
        return ways.isEmpty() ? "" : " (" + ways + ")";
    }

    private static void table(StringBuilder page, String title, String column, Predicate<Recipe> shown) {
        rows(
                page,
                title,
                column,
                Recipes.all().stream().filter(recipe -> shown.test(recipe) && !isAwaited(recipe)),
                recipe -> reason(recipe.expectation()));
    }

    /** A row for each reason; no table without one. */
    private static void rows(
            StringBuilder page, String title, String column, Stream<Recipe> recipes, Function<Recipe, String> reason) {
        Map<String, List<String>> names = recipes.collect(Collectors.groupingBy(
                reason, LinkedHashMap::new, Collectors.mapping(SupportedNetworksPage::name, Collectors.toList())));
        if (names.isEmpty()) {
            return;
        }
        page.append(String.format(Locale.ROOT, "## %s\n\n| training | %s |\n|---|---|\n", title, column));
        names.forEach((why, trainings) ->
                page.append(String.format(Locale.ROOT, "| %s | %s |\n", String.join("; ", trainings), why)));
        page.append('\n');
    }

    private static String reason(Expectation expectation) {
        if (expectation instanceof Expectation.Refused refused) {
            return refused.reason() + " (\"" + refused.message() + "\")";
        }
        if (expectation instanceof Expectation.Broken broken) {
            return broken.exception().getSimpleName() + " \"" + broken.message() + "\"";
        }
        Expectation.Measured measured = (Expectation.Measured) expectation;
        return String.format(Locale.ROOT, "%s, to %.0e", measured.reason(), measured.tolerance());
    }

    private static List<Recipe> recipes(Class<?> found) {
        return Recipes.all().stream()
                .filter(recipe -> recipe.of().equals(found))
                .toList();
    }

    private static boolean isMeasured(Recipe recipe) {
        return recipe.expectation() instanceof Expectation.Measured && !isAwaited(recipe);
    }

    private static boolean isAwaited(Recipe recipe) {
        return !recipe.awaited().isEmpty();
    }

    private static String name(Recipe recipe) {
        return recipe.detail().isEmpty() ? code(recipe.of()) : code(recipe.of()) + ", " + recipe.detail();
    }

    private static String code(Class<?> found) {
        return '`' + found.getSimpleName() + '`';
    }
}
