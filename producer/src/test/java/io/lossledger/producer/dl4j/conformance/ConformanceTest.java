package io.lossledger.producer.dl4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lossledger.producer.MeasureSettings;
import io.lossledger.producer.dl4j.EvaluatorChoice;
import io.lossledger.producer.dl4j.conformance.ClassScan.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each class that a DL4J network can be configured with: trained with and without a ledger to the same bits, or refused. */
class ConformanceTest {
    @Test
    void hasARecipeForEachClassOfDl4j() {
        Set<Class<?>> shown = new LinkedHashSet<>();
        Recipes.all().forEach(recipe -> shown.add(recipe.of()));
        List<Class<?>> found = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            assertThat(ClassScan.concrete(kind)).as(kind.title()).isNotEmpty();
            found.addAll(ClassScan.concrete(kind));
        }
        found.removeAll(Unbuildable.REASONS.keySet());

        assertThat(shown).as("add a recipe, or a reason to Unbuildable").containsExactlyInAnyOrderElementsOf(found);
    }

    @TestFactory
    Stream<DynamicTest> takesTheSameCourseWithALedgerAsWithout() {
        return Recipes.all().stream().map(recipe -> DynamicTest.dynamicTest(recipe.name(), () -> check(recipe)));
    }

    private static void check(Recipe recipe) {
        if (recipe.awaited().isEmpty()) {
            verify(recipe);
        } else {
            assertThat(catchThrowable(() -> verify(recipe)))
                    .as("%s: it is there, so awaiting must go", recipe.awaited())
                    .isNotNull();
        }
    }

    private static void verify(Recipe recipe) {
        if (recipe.expectation() instanceof Expectation.Broken broken) {
            assertThatThrownBy(() -> Training.alone(recipe))
                    .isInstanceOf(broken.exception())
                    .hasMessageContaining(broken.message());
            return;
        }
        Training alone = Training.alone(recipe);
        assertThat(alone.notes().get("configuration made").toString())
                .as("what the recipe is of")
                .contains(recipe.of().getName());
        Training watched = Training.watched(recipe, MeasureSettings.DEFAULT, EvaluatorChoice.AUTO);
        assertThat(watched.differencesFrom(alone)).as("differences with a ledger").isEmpty();
        if (recipe.expectation() instanceof Expectation.Refused refused) {
            assertThat(watched.refusal()).contains(refused.message());
        } else {
            assertThat(watched.refusal()).isEmpty();
            assertThat(watched.steps()).hasSize(alone.iterations());
        }
    }
}
