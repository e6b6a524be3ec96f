package io.lossledger.producer.dl4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.dl4j.EvaluatorChoice;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Trainings whose books are compared with finite differences of the loss, by a plain float64 network of its own. About a dozen
 * by default, and all with {@code -Dlossledger.trainings=all}, which prints a table of them.
 */
class TrainingTableTest {
    private static final double ROUNDING = 1e-9;

    @TestFactory
    Stream<DynamicTest> booksWhatFiniteDifferencesFind() {
        boolean all = "all".equals(System.getProperty("lossledger.trainings"));
        if (all) {
            print("training", "evaluator", "ledger", "identical", "residual", "differences");
        }
        return Recipes.all().stream()
                .filter(recipe -> !(recipe.expectation() instanceof Expectation.Broken))
                .map(recipe -> DynamicTest.dynamicTest(recipe.name(), () -> verify(recipe, all)));
    }

    private static void verify(Recipe recipe, boolean printed) {
        Verdict verdict = Verdict.of(recipe, EvaluatorChoice.AUTO);
        if (printed) {
            boolean attached = verdict.refusal().isEmpty();
            print(
                    recipe.name(),
                    verdict.evaluator(),
                    attached ? "attached" : "refused: " + verdict.refusal(),
                    verdict.differences().isEmpty() ? "yes" : "no",
                    attached ? String.format(Locale.ROOT, "%.1e", verdict.residual()) : "",
                    attached ? String.format(Locale.ROOT, "%.1e", verdict.slope()) : "");
        }
        assertThat(verdict.differences()).isEmpty();
        if (recipe.expectation() instanceof Expectation.Measured measured) {
            assertThat(verdict.refusal()).isEmpty();
            assertThat(verdict.unmeasured()).isZero();
            assertThat(verdict.path()).isLessThan(ROUNDING);
            assertThat(verdict.loss()).isLessThan(ROUNDING);
            assertThat(verdict.slope()).isLessThan(measured.tolerance());
        }
    }

    private static void print(String... cells) {
        System.out.printf(Locale.ROOT, "| %-50s | %-5s | %-9s | %-9s | %-8s | %-11s |%n", (Object[]) cells);
    }
}
