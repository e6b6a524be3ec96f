package io.lossledger.dashboards.live;

import static io.lossledger.dashboards.live.SyntheticRows.LAYER_LCA;
import static io.lossledger.dashboards.live.SyntheticRows.RESIDUAL;
import static io.lossledger.dashboards.live.SyntheticRows.feed;
import static io.lossledger.dashboards.live.SyntheticRows.feedStep;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.Frames;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.lca.SamplingError;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a feed computes for the page: sums over a range of steps, and verdicts. */
class RunFeedSumsTest {
    private static final int LAYERS = 3;
    private static final double TOLERANCE = 0.01;

    private final RunFeed feed =
            new RunFeed(SyntheticRows.manifest("r", LAYERS), "lossledger.", TOLERANCE, Long.MAX_VALUE);
    private final FrameSource train = feed.frames(new ObjectiveKey("train", ""));

    /** Against plain loops over the rows. */
    @Test
    void sumsTheLayersOverAnyRangeOfSteps() {
        Random random = new Random(5);
        double[][] lca = new double[LAYERS][60];
        for (int step = 0; step < 60; step++) {
            for (int layer = 0; layer < LAYERS; layer++) {
                lca[layer][step] = random.nextInt(-40, 40) / 8.0; // exact in a float
                LayerRow row = SyntheticRows.layer(step, layer).toBuilder()
                        .setLca(lca[layer][step])
                        .build();
                feed(feed, LedgerTopic.LAYER, row, RowFormat.PROTOBUF);
                feed(
                        feed,
                        LedgerTopic.LAYER,
                        row.toBuilder().setObjective("b").setLca(1).build(),
                        RowFormat.JSON);
            }
        }
        for (int[] range : new int[][] {{0, 59}, {7, 7}, {13, 41}, {50, 1_000}, {-3, 4}}) {
            JsonObject answer = range(train(), range[0], range[1]);
            int from = Math.max(0, range[0]);
            int to = Math.min(59, range[1]);
            assertThat(answer.get("first").getAsInt()).isEqualTo(from);
            assertThat(answer.get("last").getAsInt()).isEqualTo(to);
            for (int layer = 0; layer < LAYERS; layer++) {
                double sum = 0;
                for (int step = from; step <= to; step++) {
                    sum += lca[layer][step];
                }
                assertThat(answer.getAsJsonArray("layers")
                                .get(layer)
                                .getAsJsonObject()
                                .get("lca")
                                .getAsDouble())
                        .isEqualTo(sum);
            }
            JsonObject other = answer.getAsJsonArray("objectives").get(0).getAsJsonObject();
            assertThat(other.get("name").getAsString()).isEqualTo("b");
            assertThat(Frames.numbers(other, "lca")).containsOnly(to - from + 1);
        }
        JsonObject none = range(train(), 70, 80);
        assertThat(none.get("first").isJsonNull()).isTrue();
        assertThat(none.getAsJsonArray("layers")
                        .get(0)
                        .getAsJsonObject()
                        .get("lca")
                        .isJsonNull())
                .isTrue();
    }

    @Test
    void saysInWordsHowTheRunGoes() {
        for (int step = 0; step < 200; step++) {
            feedStep(feed, step, LAYERS);
        }
        assertThat(verdicts())
                .containsExactly(
                        String.format(
                                Locale.ROOT,
                                "good Learning: loss 8.000 → %.3f; %+.3f over the last 20 steps",
                                8 + 200 * (LAYERS * LAYER_LCA + RESIDUAL),
                                20 * (LAYERS * LAYER_LCA + RESIDUAL)),
                        "good layer-0 does most (33 % of the help): no layer hurts over the last 20 steps",
                        "good Balanced: residual " + percent() + " of what moved, tolerance 1 %");
        feed(
                feed,
                LedgerTopic.ALERT,
                AlertRow.newBuilder()
                        .setRule("layer-hurts")
                        .setObjective("train")
                        .setLayer("layer-2")
                        .setState(AlertState.ALERT_STATE_OPENED)
                        .build(),
                RowFormat.JSON);
        assertThat(verdicts().get(1)).startsWith("bad layer-2 hurts: LCA layer-2 ");
    }

    /** The rows of a step come from two topics, so that those of the layers may be there first. */
    @Test
    void theRowsOfLayersDoNotChangeTheAnswersBeforeTheirStepHasCome() {
        for (int step = 0; step < 200; step++) {
            feedStep(feed, step, LAYERS);
        }
        List<String> before = verdicts();
        feed(feed, LedgerTopic.LAYER, SyntheticRows.layer(200, 0), RowFormat.PROTOBUF);

        assertThat(verdicts().subList(0, 2)).isEqualTo(before.subList(0, 2));
        assertThat(verdicts().get(2)).startsWith("good Balanced: ");
    }

    /** The interval is that of the windows: nine draws of 3 and one of 12 have the standard error 15. */
    @Test
    void aLayerHurtsOnlyIfItsIntervalSaysSo() {
        for (int step = 0; step < 10; step++) {
            double error = step == 0 ? 12 : 3;
            feed(
                    feed,
                    LedgerTopic.STEP,
                    SyntheticRows.step(step, 1).toBuilder()
                            .setSamplingError(error)
                            .build(),
                    RowFormat.JSON);
            for (int layer = 0; layer < 2; layer++) {
                LayerRow row = SyntheticRows.layer(step, layer).toBuilder()
                        .setLca(layer == 0 ? -3 : 3)
                        .setCumulativeLca((layer == 0 ? -3 : 3) * (step + 1))
                        .setSamplingError(error)
                        .build();
                feed(feed, LedgerTopic.LAYER, row, step % 2 == 0 ? RowFormat.JSON : RowFormat.PROTOBUF);
            }
            if (step == 3) {
                assertThat(layer(range(train(), 0, 3)).get("half_interval").isJsonNull())
                        .isTrue();
            }
        }
        float half = (float) new SamplingError(144 + 9 * 9, 144 * 144 + 9 * 81).halfWidth95();
        assertThat(half).isBetween(1.96f * 15, 3.2f * 15);
        assertThat(layer(range(train(), 0, 9)).get("half_interval").getAsFloat())
                .isEqualTo(half);
        assertThat(Frames.json(train.after(null).orElseThrow())
                        .get("half_interval")
                        .getAsFloat())
                .isEqualTo(half);
        close();
        assertThat(verdicts().get(1)).isEqualTo("good layer-0 did most (100 % of the help): no layer hurt as a whole");
    }

    private void close() {
        WindowRow closing = WindowRow.newBuilder()
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                .build();
        feed(feed, LedgerTopic.WINDOW, closing, RowFormat.JSON);
    }

    private static JsonObject layer(JsonObject range) {
        return range.getAsJsonArray("layers").get(1).getAsJsonObject();
    }

    private static String percent() {
        double share = RESIDUAL / Math.max(Math.abs(LAYERS * LAYER_LCA + RESIDUAL), Math.abs(LAYERS * LAYER_LCA));
        return new BigDecimal(100 * Math.abs(share))
                        .round(new MathContext(2))
                        .stripTrailingZeros()
                        .toPlainString() + " %";
    }

    private List<String> verdicts() {
        List<String> texts = new ArrayList<>();
        Frames.json(train.after(null).orElseThrow()).getAsJsonArray("verdicts").forEach(each -> {
            JsonObject verdict = each.getAsJsonObject();
            texts.add(verdict.get("state").getAsString() + " "
                    + verdict.get("headline").getAsString() + ": "
                    + verdict.get("detail").getAsString());
        });
        return texts;
    }

    private static ObjectiveKey train() {
        return new ObjectiveKey("train", "");
    }

    private JsonObject range(ObjectiveKey objective, long from, long to) {
        return JsonParser.parseString(feed.layers(objective, from, to)).getAsJsonObject();
    }
}
