package io.lossledger.dashboards.live;

import static io.lossledger.dashboards.live.SyntheticRows.LAYER_LCA;
import static io.lossledger.dashboards.live.SyntheticRows.RESIDUAL;
import static io.lossledger.dashboards.live.SyntheticRows.feed;
import static io.lossledger.dashboards.live.SyntheticRows.feedStep;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Timestamp;
import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.Frames;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFeedTest {
    private static final int LAYERS = 3;
    private static final double TOLERANCE = 0.01;

    private final RunFeed feed =
            new RunFeed(SyntheticRows.manifest("r", LAYERS), "lossledger.", TOLERANCE, Long.MAX_VALUE);
    private final FrameSource train = feed.frames(new ObjectiveKey("train", ""));

    @Test
    void aHundredThousandStepsTakeTheMemoryOfTwoThousand() {
        int largest = 0;
        Frame last = null;
        for (int step = 0; step < 100_000; step++) {
            feedStep(feed, step, LAYERS);
            if (step % 997 == 0) {
                last = train.after(last).orElseThrow();
                largest = Math.max(largest, last.bytes().length);
            }
        }
        JsonObject whole = Frames.json(train.after(null).orElseThrow());

        assertThat(whole.get("steps_per_bucket").getAsInt()).isEqualTo(64);
        double[] steps = Frames.numbers(whole, "steps");
        assertThat(steps).hasSize(1_563);
        assertThat(Arrays.stream(steps).sum()).isEqualTo(100_000);
        assertThat(Frames.numbers(whole, "lca")[1_562]).isEqualTo((float) (100_000 * LAYERS * LAYER_LCA));
        assertThat(Frames.numbers(whole, "residual")[1_562]).isEqualTo((float) (100_000 * RESIDUAL));
        JsonObject layer = whole.getAsJsonArray("layers").get(2).getAsJsonObject();
        assertThat(Frames.numbers(layer, "lca")).startsWith(64 * LAYER_LCA).endsWith(32 * LAYER_LCA);
        assertThat(largest).isLessThan(600_000);
    }

    @ParameterizedTest
    @EnumSource(RowFormat.class)
    void readsRowsInEitherFormat(RowFormat format) {
        feed(feed, LedgerTopic.LAYER, SyntheticRows.layer(0, 0), format);
        feed(feed, LedgerTopic.STEP, SyntheticRows.step(0, 1), format);

        JsonObject frame = Frames.json(train.after(null).orElseThrow());
        assertThat(Frames.numbers(frame, "loss")).containsExactly((float) (8 + LAYER_LCA + RESIDUAL));
        assertThat(Frames.numbers(frame, "help")).containsExactly(0.6f);
        assertThat(Frames.numbers(frame, "hurt")).containsExactly(0.2f);
        assertThat(Frames.numbers(frame, "time")).containsExactly(1_700_000_000_000d);
        assertThat(frame.get("loss_start").getAsDouble()).isEqualTo(8);
    }

    /** As in the rows, a number that is not finite is a text. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void tellsWhatIsNotFinite(double bad) {
        String text = Double.toString(bad);
        for (int step = 0; step < 2; step++) {
            double value = step == 0 ? 1 : bad;
            feed(
                    feed,
                    LedgerTopic.LAYER,
                    SyntheticRows.layer(step, 0).toBuilder()
                            .setLca(value)
                            .setHelp(value)
                            .setHarm(value)
                            .setCumulativeLca(value)
                            .build(),
                    RowFormat.JSON);
            feed(
                    feed,
                    LedgerTopic.STEP,
                    SyntheticRows.step(step, 1).toBuilder()
                            .setLossStart(bad)
                            .setLossEnd(value)
                            .setCumulativeLossChange(value)
                            .setCumulativeLca(value)
                            .setCumulativeResidual(value)
                            .setMinibatchLoss(value)
                            .setLearningRate(value)
                            .build(),
                    RowFormat.JSON);
        }

        JsonObject frame = Frames.json(train.after(null).orElseThrow());
        assertThat(frame.get("loss_start").getAsString()).isEqualTo(text);
        for (String column : new String[] {"loss", "change", "lca", "residual", "minibatch", "rate"}) {
            assertThat(frame.getAsJsonArray(column)).as(column).hasToString("[1,\"" + text + "\"]");
        }
        JsonObject layer = frame.getAsJsonArray("layers").get(0).getAsJsonObject();
        assertThat(layer.getAsJsonArray("lca")).hasToString("[1,\"" + text + "\"]");
        assertThat(layer.getAsJsonArray("cumulative")).hasToString("[1,\"" + text + "\"]");
        JsonObject summed = range(train(), 0, 1).getAsJsonArray("layers").get(0).getAsJsonObject();
        for (String column : new String[] {"lca", "help", "harm"}) {
            assertThat(summed.get(column).getAsString()).as(column).isEqualTo(text);
        }
    }

    @Test
    void reportsNoShareWithoutParameters() {
        StepRow still = SyntheticRows.step(0, 1).toBuilder()
                .setHelpedParameters(0)
                .setHurtParameters(0)
                .setZeroParameters(0)
                .build();
        feed(feed, LedgerTopic.STEP, still, RowFormat.JSON);

        JsonObject frame = Frames.json(train.after(null).orElseThrow());
        assertThat(frame.getAsJsonArray("help")).hasToString("[null]");
        assertThat(frame.getAsJsonArray("hurt")).hasToString("[null]");
    }

    @Test
    void sendsOnlyWhatHasChanged() {
        for (int step = 0; step < 10; step++) {
            feedStep(feed, step, LAYERS);
        }
        Frame first = train.after(null).orElseThrow();
        assertThat(Frames.event(first)).isEqualTo("snapshot");
        assertThat(train.after(first)).isEmpty();

        feedStep(feed, 10, LAYERS);
        Frame second = train.after(first).orElseThrow();
        assertThat(Frames.event(second)).isEqualTo("update");
        assertThat(Frames.json(second).get("from").getAsInt()).isEqualTo(10);
        assertThat(Frames.numbers(Frames.json(second), "last")).containsExactly(10);
        assertThat(train.after(first)).containsSame(second); // one frame for all who need the same
        assertThat(train.after(second)).isEmpty();
    }

    @Test
    void sendsASnapshotWhenBucketsMerge() {
        for (int step = 0; step < 2_048; step++) {
            feedStep(feed, step, LAYERS);
        }
        Frame before = train.after(null).orElseThrow();
        feedStep(feed, 2_048, LAYERS);

        Frame after = train.after(before).orElseThrow();
        assertThat(Frames.event(after)).isEqualTo("snapshot");
        assertThat(Frames.json(after).get("size").getAsInt()).isEqualTo(1_025);
    }

    @Test
    void rowsThatComeTwiceCountOnce() {
        feedStep(feed, 0, LAYERS);
        feedStep(feed, 1, LAYERS);
        feedStep(feed, 0, LAYERS);
        feedStep(feed, 1, LAYERS);

        JsonObject frame = Frames.json(train.after(null).orElseThrow());
        assertThat(Frames.numbers(frame, "steps")).containsExactly(1, 1);
        JsonObject layer = frame.getAsJsonArray("layers").get(0).getAsJsonObject();
        assertThat(Frames.numbers(layer, "lca")).containsExactly(LAYER_LCA, LAYER_LCA);
        JsonObject summed = range(train(), 0, 1).getAsJsonArray("layers").get(0).getAsJsonObject();
        assertThat(summed.get("help").getAsDouble()).isEqualTo(4 * LAYER_LCA);
    }

    @Test
    void keepsOtherObjectivesApartAndSkipsUnparsableRows() {
        feedStep(feed, 0, LAYERS);
        StepRow part = SyntheticRows.step(1, 1).toBuilder().setPart("momentum").build();
        feed(feed, LedgerTopic.STEP, part, RowFormat.JSON);
        LayerRow other =
                SyntheticRows.layer(1, 0).toBuilder().setObjective("validation").build();
        feed(feed, LedgerTopic.LAYER, other, RowFormat.JSON);
        feed.accept("lossledger.step", new byte[] {'{', 'x'});
        feed.accept("lossledger.step", new byte[] {1, 2, 3});
        StepRow timeless = SyntheticRows.step(1, 1).toBuilder()
                .setTime(Timestamp.newBuilder().setNanos(-1))
                .build();
        feed.accept("lossledger.step", timeless.toByteArray());

        assertThat(Frames.numbers(Frames.json(train.after(null).orElseThrow()), "last"))
                .containsExactly(0);
        Frame validation =
                feed.frames(new ObjectiveKey("validation", "")).after(null).orElseThrow();
        assertThat(Frames.numbers(Frames.json(validation), "last")).containsExactly(1);
        assertThat(Frames.numbers(Frames.json(validation), "loss")).containsExactly(Double.NaN);
    }

    @Test
    void reportsUpdateParts() {
        for (int step = 0; step < 2; step++) {
            StepRow whole = SyntheticRows.step(step, 1);
            feed(feed, LedgerTopic.STEP, whole, RowFormat.JSON);
            for (String part : List.of("gradient", "momentum")) {
                StepRow row = whole.toBuilder()
                        .setPart(part)
                        .setCumulativeLca(part.length() * (step + 1))
                        .build();
                feed(feed, LedgerTopic.STEP, row, RowFormat.JSON);
            }
        }
        JsonObject frame = Frames.json(train.after(null).orElseThrow());
        assertThat(frame.getAsJsonArray("parts"))
                .hasToString("[{\"part\":\"gradient\",\"lca\":16},{\"part\":\"momentum\",\"lca\":16}]");
        assertThat(Frames.numbers(frame, "last")).containsExactly(0, 1);
    }

    @Test
    void reportsAlertsMomentsAndTheEnd() {
        feedStep(feed, 0, LAYERS);
        Frame before = train.after(null).orElseThrow();
        AlertRow opened = AlertRow.newBuilder()
                .setRule("layer-hurts")
                .setLayer("<b>layer</b>")
                .setState(AlertState.ALERT_STATE_OPENED)
                .setOpenedStep(40)
                .setStep(40)
                .setMessage("Layer <b>layer</b> hurts")
                .build();
        feed(feed, LedgerTopic.ALERT, opened, RowFormat.JSON);
        feed(feed, LedgerTopic.ALERT, opened.toBuilder().setOpenedStep(50).build(), RowFormat.JSON);
        feed(
                feed,
                LedgerTopic.ALERT,
                opened.toBuilder()
                        .setState(AlertState.ALERT_STATE_CLOSED)
                        .setStep(60)
                        .setMessage("It helps again")
                        .build(),
                RowFormat.JSON);
        MomentRow moment = MomentRow.newBuilder()
                .setObjective("train")
                .setStep(7)
                .addLayers("layer-0")
                .addLayers("layer-2")
                .setChance(0.01)
                .build();
        feed(feed, LedgerTopic.MOMENT, moment, RowFormat.JSON);
        WindowRow closing = WindowRow.newBuilder()
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                .build();
        feed(feed, LedgerTopic.WINDOW, closing, RowFormat.JSON);

        JsonObject frame = Frames.json(train.after(before).orElseThrow());
        assertThat(frame.get("from").getAsInt()).isEqualTo(1);
        assertThat(frame.getAsJsonArray("alerts")).hasSize(2);
        JsonObject open = frame.getAsJsonArray("alerts").get(0).getAsJsonObject();
        assertThat(open.get("open").getAsBoolean()).isTrue();
        assertThat(open.get("opened_step").getAsInt()).isEqualTo(50);
        JsonObject closed = frame.getAsJsonArray("alerts").get(1).getAsJsonObject();
        assertThat(closed.get("open").getAsBoolean()).isFalse();
        assertThat(closed.get("step").getAsInt()).isEqualTo(60);
        assertThat(closed.get("message").getAsString()).isEqualTo("Layer <b>layer</b> hurts");
        assertThat(frame.getAsJsonArray("moments")
                        .get(0)
                        .getAsJsonObject()
                        .get("step")
                        .getAsInt())
                .isEqualTo(7);
        assertThat(frame.get("outcome").getAsString()).isEqualTo("RUN_STATUS_FINISHED");
    }

    @Test
    void keepsABoundedNumberOfAlertsAndMoments() {
        for (int i = 0; i < 3_000; i++) {
            AlertRow alert = AlertRow.newBuilder()
                    .setRule("r" + i)
                    .setState(i % 2 == 0 ? AlertState.ALERT_STATE_OPENED : AlertState.ALERT_STATE_CLOSED)
                    .build();
            feed(feed, LedgerTopic.ALERT, alert, RowFormat.PROTOBUF);
            MomentRow moment = MomentRow.newBuilder()
                    .setObjective("train")
                    .setStep(i)
                    .setChance(i == 5 ? 0 : 1 - 1e-4 * i)
                    .build();
            feed(feed, LedgerTopic.MOMENT, moment, RowFormat.PROTOBUF);
        }

        JsonObject frame = Frames.json(train.after(null).orElseThrow());
        assertThat(frame.getAsJsonArray("alerts")).hasSize(300);
        assertThat(frame.getAsJsonArray("moments")).hasSize(400);
        // the most striking ones
        assertThat(frame.getAsJsonArray("moments")
                        .get(0)
                        .getAsJsonObject()
                        .get("step")
                        .getAsInt())
                .isEqualTo(5);
    }

    @Test
    void reportsMissingTopicsAndWhenTheExistingRowsAreRead() {
        feed.start(List.of("lossledger.step"));
        JsonObject reading = Frames.json(train.after(null).orElseThrow());
        assertThat(reading.get("reading").getAsBoolean()).isTrue();
        assertThat(reading.getAsJsonArray("missing_topics")).hasToString("[\"lossledger.step\"]");

        feed.caughtUp();
        assertThat(Frames.json(train.after(null).orElseThrow()).get("reading").getAsBoolean())
                .isFalse();
    }

    private static ObjectiveKey train() {
        return new ObjectiveKey("train", "");
    }

    private JsonObject range(ObjectiveKey objective, long from, long to) {
        return JsonParser.parseString(feed.layers(objective, from, to)).getAsJsonObject();
    }
}
