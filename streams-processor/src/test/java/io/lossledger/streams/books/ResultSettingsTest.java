package io.lossledger.streams.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.streams.windows.WindowSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultSettingsTest {
    @Test
    void keepsItsDefaults() {
        ResultSettings settings = ResultSettings.DEFAULT;

        assertThat(settings.windows())
                .containsExactly(
                        new WindowSpec(WindowKind.WINDOW_KIND_STEPS, 100, 100),
                        new WindowSpec(WindowKind.WINDOW_KIND_TIME, 60_000, 60_000));
        assertThat(settings.alertSteps()).isEqualTo(10);
        assertThat(settings.residualTolerance()).isEqualTo(0.01);
        assertThat(settings.falseAlarmRate()).isEqualTo(0.01);
        assertThat(settings.maxPendingSteps()).isEqualTo(1_000_000);
        assertThat(settings.parameters()).isFalse();
    }

    @Test
    void namesTheValueThatIsOutOfRange() {
        requireMessage(0, 0.05, 0.01, 1, "alert.steps: must be at least 1. Found: 0");
        requireMessage(1, 0, 0.01, 1, "residual.tolerance: must be above 0. Found: 0.0");
        requireMessage(1, Double.NaN, 0.01, 1, "residual.tolerance: must be above 0. Found: NaN");
        requireMessage(1, 0.05, 0, 1, "moment.false.alarm.rate: must be above 0 and at most 1. Found: 0.0");
        requireMessage(1, 0.05, 1.5, 1, "moment.false.alarm.rate: must be above 0 and at most 1. Found: 1.5");
        requireMessage(1, 0.05, 0.01, 0, "max.pending.steps: must be at least 1. Found: 0");
    }

    private static void requireMessage(
            int alertSteps, double tolerance, double falseAlarmRate, int maxPendingSteps, String message) {
        assertThatThrownBy(() ->
                        new ResultSettings(List.of(), alertSteps, tolerance, falseAlarmRate, maxPendingSteps, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
