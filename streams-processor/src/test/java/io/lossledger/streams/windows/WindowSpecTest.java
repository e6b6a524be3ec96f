package io.lossledger.streams.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.v1.WindowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowSpecTest {
    @Test
    void parsesStepsAndTimesTumblingAndHopping() {
        assertThat(WindowSpec.parseList("100, 100/25,30s,5m/1m,2h,100"))
                .containsExactly(
                        new WindowSpec(WindowKind.WINDOW_KIND_STEPS, 100, 100),
                        new WindowSpec(WindowKind.WINDOW_KIND_STEPS, 100, 25),
                        new WindowSpec(WindowKind.WINDOW_KIND_TIME, 30_000, 30_000),
                        new WindowSpec(WindowKind.WINDOW_KIND_TIME, 300_000, 60_000),
                        new WindowSpec(WindowKind.WINDOW_KIND_TIME, 7_200_000, 7_200_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "100,", "ten", "-5", "100/5m", "1m/30", "1/2/3", "5d", "1.5m", "99999999999", "600h"})
    void namesWhatItCannotRead(String text) {
        assertThatThrownBy(() -> WindowSpec.parseList(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("window: must be ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "100/0", "100/101", "100/6", "0s", "1h/1m"})
    void namesASizeOrHopOutOfRange(String text) {
        assertThatThrownBy(() -> WindowSpec.parseList(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("window: size must be at least 1, and hop from size/16 to size. Found: size ");
    }
}
