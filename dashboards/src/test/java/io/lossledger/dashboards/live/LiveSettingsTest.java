package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveSettingsTest {
    @Test
    void listensOnLoopbackOnly() {
        assertThat(LiveSettings.of(LiveSettings.DEFAULT_HOST, LiveSettings.DEFAULT_PORT, "p.", 0.02, Map.of()))
                .isEqualTo(new LiveSettings(
                        "127.0.0.1", 8080, "p.", 256, 16, Duration.ofMinutes(3), 0.02, PageAccess.DEFAULT, Map.of()));
    }

    @Test
    void namesTheValueThatIsOutOfRange() {
        assertThatThrownBy(() -> LiveSettings.of("h", 65_536, "", 0.01, Map.of()))
                .hasMessage("live.port: must be from 0 to 65535. Found: 65536");
        assertThatThrownBy(() -> new LiveSettings("h", 1, "", 0, 1, Duration.ZERO, 0.01, PageAccess.DEFAULT, Map.of()))
                .hasMessage("live.max-clients: must be at least 1. Found: 0");
        assertThatThrownBy(() -> new LiveSettings("h", 1, "", 1, 0, Duration.ZERO, 0.01, PageAccess.DEFAULT, Map.of()))
                .hasMessage("live.max-feeds: must be at least 1. Found: 0");
    }
}
