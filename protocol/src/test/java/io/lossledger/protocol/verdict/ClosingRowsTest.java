package io.lossledger.protocol.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.lca.Balance;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import org.junit.jupiter.api.Test;

class ClosingRowsTest {
    private final ClosingRows rows = new ClosingRows("train", "");

    @Test
    void areCompleteWithTheLastLayer() {
        rows.accept(model());
        assertThat(rows.isComplete()).isFalse();
        rows.accept(layer(1, "fc2", 3, 0.25));
        assertThat(rows.isComplete()).isFalse();
        rows.accept(layer(0, "fc1", 7, -0.75));

        assertThat(rows.isComplete()).isTrue();
        assertThat(rows.model()).isEqualTo(model());
        assertThat(rows.layers()).extracting(WindowRow::getLayer).containsExactly("fc1", "fc2");
        assertThat(rows.balance()).isEqualTo(new Balance(0.125, -0.375, 1));
    }

    @Test
    void leaveOutWhatBelongsToOtherWindowsObjectivesAndParts() {
        rows.accept(model().toBuilder().setKind(WindowKind.WINDOW_KIND_STEPS).build());
        rows.accept(model().toBuilder().setObjective("validation").build());
        rows.accept(model().toBuilder().setStratum("own").build());
        rows.accept(model().toBuilder().setPart("momentum").build());

        assertThat(rows.isComplete()).isFalse();
        assertThatThrownBy(rows::model)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("model: the closing row of objective train has not come");
    }

    @Test
    void ofARunWithoutStepsAreOneRowWithoutAnObjective() {
        WindowRow empty = WindowRow.newBuilder()
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                .build();
        rows.accept(empty);

        assertThat(rows.isComplete()).isTrue();
        assertThat(rows.layers()).isEmpty();
        assertThat(rows.balance()).isEqualTo(new Balance(0, 0, 0));
    }

    @Test
    void ofASecondBalanceReplaceThoseOfTheFirst() {
        rows.accept(model());
        rows.accept(layer(0, "old", 10, -1));
        rows.accept(model());

        assertThat(rows.isComplete()).isFalse();
        assertThat(rows.layers()).isEmpty();
    }

    private static WindowRow model() {
        return WindowRow.newBuilder()
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setObjective("train")
                .setSteps(4)
                .setParameters(10)
                .setLca(-0.5)
                .setLossChange(-0.375)
                .setResidual(0.125)
                .build();
    }

    private static WindowRow layer(int index, String name, int parameters, double lca) {
        return model().toBuilder()
                .setLayer(name)
                .setLayerIndex(index)
                .setParameters(parameters)
                .setLca(lca)
                .clearLossChange()
                .clearResidual()
                .build();
    }
}
