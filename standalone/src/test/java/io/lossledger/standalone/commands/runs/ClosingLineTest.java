package io.lossledger.standalone.commands.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.ClosingRows;
import org.junit.jupiter.api.Test;

class ClosingLineTest {
    private final ClosingRows rows = new ClosingRows("train", "");

    @Test
    void saysHowARunWent() {
        rows.accept(model().setLossStart(2.412).setLossEnd(0.312).build());
        rows.accept(layer("fc1", 0, -1.5));
        rows.accept(layer("fc2", 1, -0.7));
        rows.accept(layer("fc3", 2, 0.1));

        assertThat(ClosingLine.of(rows, 0.01))
                .isEqualTo(new ClosingLine("2.412 → 0.312", "✓", "fc1 68 %", "fc3 +0.100"));
        assertThat(ClosingLine.of(rows, 1e-6).books()).isEqualTo("✗");
    }

    @Test
    void knowsOnlyTheLossChangeOfBooksThatAnEarlierVersionBegan() {
        rows.accept(model().build());
        rows.accept(layer("fc1", 0, -1));
        rows.accept(layer("fc2", 1, -1));
        rows.accept(layer("fc3", 2, -1));

        assertThat(ClosingLine.of(rows, 0.01)).isEqualTo(new ClosingLine("-2.100", "✓", "fc1 33 %", "–"));
    }

    @Test
    void leavesOpenWhatHasNoStepOrNoEnd() {
        assertThat(ClosingLine.of(rows, 0.01)).isEqualTo(ClosingLine.OPEN);
        rows.accept(WindowRow.newBuilder().setKind(WindowKind.WINDOW_KIND_RUN).build());
        assertThat(ClosingLine.of(rows, 0.01)).isEqualTo(new ClosingLine("–", "–", "–", "–"));
    }

    private static WindowRow.Builder model() {
        return WindowRow.newBuilder()
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setObjective("train")
                .setSteps(400)
                .setParameters(3)
                .setLossChange(-2.1)
                .setResidual(1e-4);
    }

    private static WindowRow layer(String name, int index, double lca) {
        return model().setLayer(name)
                .setLayerIndex(index)
                .setParameters(1)
                .setLca(lca)
                .build();
    }
}
