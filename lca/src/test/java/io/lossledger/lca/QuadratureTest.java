package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QuadratureTest {
    @Test
    void simpsonWeighsOneFourTwoFourOne() {
        assertThat(Quadrature.simpson(2).weights()).containsExactly(1 / 6.0, 4 / 6.0, 1 / 6.0);
        assertThat(Quadrature.simpson(4).weights()).containsExactly(1 / 12.0, 4 / 12.0, 2 / 12.0, 4 / 12.0, 1 / 12.0);
        assertThat(Quadrature.simpson(6).weights())
                .containsExactly(1 / 18.0, 4 / 18.0, 2 / 18.0, 4 / 18.0, 2 / 18.0, 4 / 18.0, 1 / 18.0);
    }

    @Test
    void theLowOrdersWeighStartEndsOrMiddle() {
        assertThat(Quadrature.firstOrder().weights()).containsExactly(1.0, 0.0);
        assertThat(Quadrature.trapezoid().weights()).containsExactly(0.5, 0.5);
        assertThat(Quadrature.midpoint().weights()).containsExactly(0.0, 1.0, 0.0);
    }

    @Test
    void namesItselfAndIsFoundByName() {
        assertThat(Quadrature.simpson(32).name()).isEqualTo("simpson-32").hasToString("simpson-32");
        for (Quadrature rule : allRules()) {
            assertThat(Quadrature.named(rule.name())).containsSame(rule);
        }
        assertThat(allRules().stream().map(Quadrature::name))
                .contains("simpson-2", "simpson-30", "first-order", "trapezoid", "midpoint")
                .doesNotHaveDuplicates();
        assertThat(Quadrature.named("simpson-3")).isEmpty();
    }

    @Test
    void everyRuleHasOneMoreNodeThanSplitsAndWeightsThatAddUpToOne() {
        for (Quadrature rule : allRules()) {
            double sum = 0.0;
            for (int node = 0; node <= rule.splits(); node++) {
                sum += rule.weight(node);
            }
            assertThat(sum).as(rule.name()).isCloseTo(1.0, within(1e-15));
            assertThat(rule.weights()).as(rule.name()).hasSize(rule.splits() + 1);
        }
    }

    @Test
    void returnsCopiesOfItsWeights() {
        Quadrature.trapezoid().weights()[0] = 7.0;
        assertThat(Quadrature.trapezoid().weight(0)).isEqualTo(0.5);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 0, 1, -2, 33, 34})
    void refusesSplitsThatAreOddOrOutOfRange(int splits) {
        assertThatThrownBy(() -> Quadrature.simpson(splits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("splits: must be an even number from 2 to 32. Found: " + splits);
    }

    @ParameterizedTest
    @CsvSource({
        "simpson-32, simpson-16", "simpson-16, simpson-8", "simpson-8, simpson-4", "simpson-4, simpson-2",
        "simpson-12, simpson-6", "simpson-28, simpson-14", "simpson-2, trapezoid", "trapezoid, first-order",
        "simpson-6,", "simpson-30,", "first-order,", "midpoint,"
    })
    void coarsensByHalvingWhileThatGivesARule(String rule, String coarser) {
        assertThat(Quadrature.named(rule).flatMap(Quadrature::coarser).map(Quadrature::name))
                .isEqualTo(Optional.ofNullable(coarser));
    }

    @Test
    void spreadsItsWeightsOverAFinerGrid() {
        assertThat(Quadrature.trapezoid().weightsOn(4)).containsExactly(0.5, 0, 0, 0, 0.5);
        assertThat(Quadrature.simpson(2).weightsOn(4)).containsExactly(1 / 6.0, 0, 4 / 6.0, 0, 1 / 6.0);
        assertThat(Quadrature.simpson(4).weightsOn(4))
                .containsExactly(Quadrature.simpson(4).weights());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 0, -2})
    void refusesAGridThatItsNodesAreNotOn(int gridSplits) {
        assertThatThrownBy(() -> Quadrature.simpson(2).weightsOn(gridSplits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gridSplits: must be a positive multiple of 2. Found: " + gridSplits);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 01234, simpson-4",
        "4, 0124, simpson-2",
        "4, 024, simpson-2",
        "4, 0134, trapezoid",
        "4, 24, midpoint",
        "4, 02, midpoint",
        "4, 01, first-order",
        "4, 013, first-order",
        "4, 134,",
        "2, 1, midpoint",
        "1, 01, trapezoid",
        "1, 0, first-order",
        "1, 1,",
        "3, 0123, trapezoid",
        "6, 0123456, simpson-6",
        "6, 0346, simpson-2",
        "8, 02468, simpson-4",
        "8, 024678, simpson-4",
        "8, 045678, simpson-2",
        "5, 012345, trapezoid"
    })
    void findsTheFinestRuleThatNeedsNoMissingNode(int gridSplits, String present, String expected) {
        BitSet nodes = new BitSet();
        present.chars().forEach(digit -> nodes.set(digit - '0'));
        assertThat(Quadrature.finest(gridSplits, nodes).map(Quadrature::name)).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void findsAtMostThirtyTwoSplitsOnAGridOfSixtyFour() {
        BitSet all = new BitSet();
        all.set(0, 65);
        assertThat(Quadrature.finest(64, all)).containsSame(Quadrature.simpson(32));
        assertThat(Quadrature.finest(64, new BitSet())).isEmpty();
    }

    @Test
    void refusesAGridWithoutSplits() {
        assertThatThrownBy(() -> Quadrature.finest(0, new BitSet()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gridSplits: must be at least 1. Found: 0");
    }

    private static List<Quadrature> allRules() {
        List<Quadrature> rules =
                new ArrayList<>(List.of(Quadrature.firstOrder(), Quadrature.trapezoid(), Quadrature.midpoint()));
        for (int splits = 2; splits <= 32; splits += 2) {
            rules.add(Quadrature.simpson(splits));
        }
        return rules;
    }
}
