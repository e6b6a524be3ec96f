package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BalanceTest {
    @ParameterizedTest
    @CsvSource({
        "0.5, -2, 1, 0.25", // the loss moved more
        "-0.5, -2, 10, 0.05", // layers that help and layers that hurt cancel
        "0, 0, 0, 0", // nothing moved
        "0, -2, 2, 0",
        "1, 0, 0, Infinity", // of nothing
        "NaN, NaN, 1, NaN",
        "0, NaN, 1, NaN",
        "NaN, -1, NaN, NaN",
        "Infinity, -1, 1, NaN",
        "1, -Infinity, 1, NaN",
        "1, -1, Infinity, NaN"
    })
    void isAShareOfWhatMoved(double residual, double lossChange, double moved, Double share) {
        assertThat(new Balance(residual, lossChange, moved).share()).isEqualTo(share);
    }

    @Test
    void holdsUpToTheToleranceAndNeverWithWhatIsNotFinite() {
        Balance balance = new Balance(-0.25, 1, 0);
        assertThat(balance.isWithin(0.25)).isTrue();
        assertThat(balance.isWithin(0.2499)).isFalse();
        assertThat(new Balance(Double.NaN, 1, 1).isWithin(Double.POSITIVE_INFINITY))
                .isFalse();
    }

    @Test
    void toleratesOnePercent() {
        assertThat(Balance.DEFAULT_TOLERANCE).isEqualTo(0.01);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.01, Double.NaN})
    void refusesAToleranceThatIsNotAboveZero(double tolerance) {
        assertThatThrownBy(() -> Balance.requireTolerance(tolerance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("residual.tolerance: must be above 0. Found: " + tolerance);
    }
}
