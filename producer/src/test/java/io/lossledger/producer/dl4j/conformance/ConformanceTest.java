package io.lossledger.producer.dl4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lossledger.producer.dl4j.conformance.ClassScan.Kind;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.protocol.v1.ElementType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each class that a DL4J network can be configured with is trained with and without a ledger: to the same bits, and with
 * gradients that agree with finite differences of the loss of a plain float64 network; or the ledger refuses it.
 * {@code tests/trainings} prints a table of these trainings.
 */
class ConformanceTest {
    private static final @Nullable String TABLE = System.getProperty("lossledger.trainings.table");
    private static final double ROUNDING = 1e-8;
    private static final double ROUNDING32 = 1e-5;

    @Test
    void hasARecipeForEachClassOfDl4j() {
        Set<Class<?>> shown = new LinkedHashSet<>();
        Recipes.all().forEach(recipe -> shown.add(recipe.of()));
        List<Class<?>> found = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            assertThat(ClassScan.concrete(kind)).as(kind.title()).isNotEmpty();
            found.addAll(ClassScan.concrete(kind));
        }
        assertThat(found).as("reasons for what is not there").containsAll(Unbuildable.REASONS.keySet());
        found.removeAll(Unbuildable.REASONS.keySet());

        assertThat(shown).as("add a recipe, or a reason to Unbuildable").containsExactlyInAnyOrderElementsOf(found);
    }

    @TestFactory
    Stream<DynamicTest> isTrainedToTheSameBitsAndMeasuredRightlyOrRefused() {
        Optional<VerdictTable> table = Optional.ofNullable(TABLE).map(file -> new VerdictTable(Path.of(file)));
        return Recipes.all().stream().map(recipe -> DynamicTest.dynamicTest(recipe.name(), () -> check(recipe, table)));
    }

    private static void check(Recipe recipe, Optional<VerdictTable> table) {
        if (recipe.awaited().isEmpty()) {
            verify(recipe, table);
        } else {
            assertThat(catchThrowable(() -> verify(recipe, table)))
                    .as("%s: it is there, so awaiting must go", recipe.awaited())
                    .isNotNull();
        }
    }

    private static void verify(Recipe recipe, Optional<VerdictTable> table) {
        if (recipe.expectation() instanceof Expectation.Broken broken) {
            assertThatThrownBy(() -> Training.alone(recipe))
                    .isInstanceOf(broken.exception())
                    .hasMessageContaining(broken.message());
            return;
        }
        Verdict verdict = Verdict.of(recipe, EvaluatorChoice.AUTO);
        table.ifPresent(rows -> rows.add(recipe, verdict));
        assertThat(verdict.configuration())
                .as("what the recipe is of")
                .contains(recipe.of().getName());
        assertThat(verdict.differences()).as("differences with a ledger").isEmpty();
        if (recipe.expectation() instanceof Expectation.Refused refused) {
            assertThat(verdict.refusal()).contains(refused.message());
        } else if (recipe.expectation() instanceof Expectation.Measured measured) {
            assertThat(verdict.refusal()).isEmpty();
            assertThat(verdict.unmeasured()).as("steps without books").isZero();
            assertThat(verdict.path()).as("distance of the paths").isLessThan(ROUNDING);
            assertThat(verdict.loss())
                    .as("error of the loss")
                    .isLessThan(recipe.precision() == ElementType.ELEMENT_TYPE_FLOAT64 ? ROUNDING : ROUNDING32);
            assertThat(verdict.slope()).as("error of the slope").isLessThan(measured.tolerance());
        }
    }
}
