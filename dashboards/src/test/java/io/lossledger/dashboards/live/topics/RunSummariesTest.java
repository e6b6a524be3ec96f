package io.lossledger.dashboards.live.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RunSummariesTest {
    private final RunSummaries summaries = new RunSummaries(0.01);

    @Test
    void showsTheNewestWindowOfARunThatIsGoingOn() {
        accept(window(0, 0).setLossStart(9).setLossEnd(8), -5, 3);
        accept(window(1, 100).setLossStart(8).setLossEnd(6.5).setResidual(0.125), -3, 1);
        assertThat(json())
                .isEqualTo(
                        "{\"summary\":{\"ended\":false,\"steps\":200,\"share\":0.03125,\"balanced\":false,\"missing_steps\":0,"
                                + "\"loss_start\":8,\"loss_end\":6.5,\"helper\":\"a\",\"helper_share\":1,\"worst\":\"b\",\"worst_lca\":1}}");
    }

    @Test
    void showsTheClosingBalanceOnceThereIsOne() {
        WindowRow.Builder closing = window(0, 100)
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setSteps(150)
                .setMissingSteps(2)
                .setLossStart(9)
                .setLossEnd(6);
        accept(closing, -6, -2);
        accept(window(1, 200), -3, 1); // over another length, and later in the topic
        assertThat(json())
                .isEqualTo(
                        "{\"summary\":{\"ended\":true,\"steps\":150,\"share\":0,\"balanced\":true,\"missing_steps\":2,"
                                + "\"loss_start\":9,\"loss_end\":6,\"helper\":\"a\",\"helper_share\":0.75}}");
    }

    /** As in the verdicts. */
    @Test
    void doesNotSayThatALayerHurtsWithinTheSamplingError() {
        WindowRow model = window(0, 0).build();
        send(model);
        send(model.toBuilder()
                .setLayer("b")
                .setLca(1)
                .setIntervalLow(-1)
                .setIntervalHigh(3)
                .build());
        assertThat(json()).contains("\"steps\":100").doesNotContain("worst");
    }

    @Test
    void keepsObjectivesAndPartsApart() {
        accept(window(0, 0).setObjective("validation"), -5, 3);
        accept(window(0, 0).setPart("momentum"), -5, 3);
        assertThat(json()).isEqualTo("{}");
    }

    @Test
    void forgetsARunThatIsDeleted() {
        accept(window(0, 0), -5, 3);
        send(WindowRow.newBuilder()
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setOutcome(RunStatus.RUN_STATUS_DELETED)
                .build());
        assertThat(json()).isEqualTo("{}");
    }

    private static WindowRow.Builder window(int window, int firstStep) {
        return WindowRow.newBuilder()
                .setKind(WindowKind.WINDOW_KIND_STEPS)
                .setWindow(window)
                .setSize(100)
                .setObjective("train")
                .setSteps(100)
                .setFirstStep(firstStep)
                .setLastStep(firstStep + 99);
    }

    /** The row of the model, then those of the layers a and b. */
    private void accept(WindowRow.Builder window, double a, double b) {
        WindowRow model = window.setLossChange(a + b).build();
        send(model);
        send(model.toBuilder().setLayer("a").setLca(a).build());
        send(model.toBuilder().setLayer("b").setLca(b).build());
    }

    private void send(WindowRow row) {
        summaries.accept(List.of(new ConsumerRecord<>("lossledger.window", 0, 0, "r", RowFormat.JSON.serialize(row))));
    }

    private String json() {
        return JsonText.object(json -> summaries.write(json, "r", new ObjectiveKey("train", "")));
    }
}
