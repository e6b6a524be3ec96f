package io.lossledger.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TroubleLinesTest {
    @Test
    void saysEachTroubleOnceAndWhenItIsOver() {
        StringWriter printed = new StringWriter();
        TroubleLines lines = new TroubleLines(new PrintWriter(printed, true));

        lines.show(Map.of());
        lines.show(Map.of("layer", "does not exist"));
        lines.show(Map.of("layer", "does not exist"));
        lines.show(Map.of("layer", "needs READ"));
        lines.show(Map.of("layer", "needs READ", "step", "needs READ"));
        lines.show(Map.of("step", "needs READ"));
        lines.show(Map.of());
        lines.show(Map.of("layer", "needs READ"));

        assertThat(printed.toString().lines())
                .containsExactly(
                        "layer does not exist",
                        "layer needs READ",
                        "step needs READ",
                        "layer can be read again",
                        "step can be read again",
                        "layer needs READ");
    }
}
