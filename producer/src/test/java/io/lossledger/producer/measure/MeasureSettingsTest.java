package io.lossledger.producer.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.protocol.v1.ElementType;
import org.junit.jupiter.api.Test;

class MeasureSettingsTest {
    @Test
    void hasDefaults() {
        assertThat(MeasureSettings.DEFAULT)
                .isEqualTo(new MeasureSettings(ElementType.ELEMENT_TYPE_FLOAT32, Rule.RK4, 2, 1e-6, 0.01, 0));
        assertThat(RecordSettings.DEFAULT).isEqualTo(new RecordSettings(0, 1, 4, WhenBehind.WAIT));
    }

    @Test
    void spellsRulesAsOptionsDo() {
        assertThat(Rule.values()).extracting(Rule::toString).containsExactly("rk4", "first-order");
    }

    @Test
    void namesTheValueThatIsOutOfRange() {
        assertRefused(Rule.RK4, 6, 0, 0, 0, "max-splits: must be 2, 4, 8, 16 or 32. Found: 6");
        assertRefused(Rule.RK4, 64, 0, 0, 0, "max-splits: must be 2, 4, 8, 16 or 32. Found: 64");
        assertRefused(
                Rule.FIRST_ORDER,
                4,
                0,
                0,
                0,
                "max-splits: must be 2 with the first-order rule, which has none. Found: 4");
        assertRefused(Rule.RK4, 2, -1, 0, 0, "absolute-tolerance: must be at least 0 and finite. Found: -1.0");
        assertRefused(Rule.RK4, 2, 0, Double.NaN, 0, "relative-tolerance: must be at least 0 and finite. Found: NaN");
        assertRefused(Rule.RK4, 2, 0, 0, -1, "max-gradients-per-step: must be at least 0. Found: -1");
        assertThatThrownBy(() -> new RecordSettings(0, 0, 1, WhenBehind.WAIT))
                .hasMessage("every: must be at least 1. Found: 0");
        assertThatThrownBy(() -> new RecordSettings(0, 1, 0, WhenBehind.WAIT))
                .hasMessage("queue-segments: must be at least 1. Found: 0");
    }

    private static void assertRefused(
            Rule rule, int splits, double absolute, double relative, int gradients, String message) {
        assertThatThrownBy(() -> new MeasureSettings(
                        ElementType.ELEMENT_TYPE_FLOAT32, rule, splits, absolute, relative, gradients))
                .hasMessage(message);
    }
}
