package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.Frames;
import io.lossledger.dashboards.live.history.LayerKey;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.UnitRow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnitFeedTest {
    private final UnitFeed feed = new UnitFeed(new LayerKey("r", new ObjectiveKey("train", ""), "fc1"));

    @ParameterizedTest
    @EnumSource(RowFormat.class)
    void showsEachUnitInEachStep(RowFormat format) {
        for (int step = 0; step < 3; step++) {
            feed.accept(format.serialize(row(step, 0, 4, step, -2, Double.NaN, 8)));
        }
        JsonObject frame = Frames.json(feed.after(null).orElseThrow());

        assertThat(frame.get("groups").getAsInt()).isEqualTo(4);
        assertThat(values(frame)).containsExactly(0, -2, Float.NaN, 8, 1, -2, Float.NaN, 8, 2, -2, Float.NaN, 8);
    }

    @Test
    void distinguishesMissingFromNonFiniteValues() {
        feed.accept(RowFormat.JSON.serialize(row(0, 1, 3, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)));

        assertThat(values(Frames.json(feed.after(null).orElseThrow())))
                .containsExactly(-Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    }

    @Test
    void groupsTheUnitsOfLargeLayersThatComeInSeveralRows() {
        int units = 1_000; // 250 groups of four
        for (int first = 0; first < units; first += 300) {
            double[] lca = new double[Math.min(300, units - first)];
            Arrays.fill(lca, 0.5);
            feed.accept(RowFormat.JSON.serialize(row(7, first, units, lca)));
        }
        JsonObject frame = Frames.json(feed.after(null).orElseThrow());

        assertThat(frame.get("units_per_group").getAsInt()).isEqualTo(4);
        assertThat(values(frame)).hasSize(250).containsOnly(2);
        assertThat(Frames.numbers(frame, "last")).containsExactly(7);
    }

    @Test
    void aLongRunOfALargeLayerStaysSmall() {
        double[] lca = new double[256];
        for (int step = 0; step < 20_000; step++) {
            lca[step % 256] = 1;
            feed.accept(RowFormat.PROTOBUF.serialize(row(step, 0, 256, lca)));
            lca[step % 256] = 0;
        }
        Frame frame = feed.after(null).orElseThrow();

        assertThat(frame.bytes().length).isLessThan(1_500_000);
        float sum = 0;
        for (float value : values(Frames.json(frame))) {
            sum += value;
        }
        assertThat(sum).isEqualTo(20_000);
    }

    @Test
    void skipsOtherLayersDuplicatesAndUnparsableRows() {
        feed.accept(RowFormat.JSON.serialize(row(0, 0, 2, 1, 2)));
        feed.accept(RowFormat.JSON.serialize(row(0, 0, 2, 1, 2)));
        feed.accept(RowFormat.JSON.serialize(
                row(1, 0, 2, 1, 2).toBuilder().setLayer("fc2").build()));
        feed.accept(RowFormat.JSON.serialize(
                row(1, 0, 2, 1, 2).toBuilder().setPart("decay").build()));
        feed.accept(RowFormat.JSON.serialize(row(1, 1, 2, 1, 2)));
        feed.accept("{\"layer\":".getBytes(StandardCharsets.UTF_8));
        feed.accept("{\"layer\":[]}".getBytes(StandardCharsets.UTF_8));
        feed.accept(new byte[] {1, 2, 3});
        feed.accept(
                "{\"objective\":\"train\",\"layer\":\"fc1\",\"step\":1,\"units\":2,\"first_unit\":9e18,\"unit_lca\":[1]}"
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(values(Frames.json(feed.after(null).orElseThrow()))).containsExactly(1, 2);
    }

    @Test
    void acceptsALayerWithAnyNumberOfUnits() {
        feed.accept(RowFormat.JSON.serialize(row(0, 0, Integer.MAX_VALUE, 1, 2)));

        JsonObject frame = Frames.json(feed.after(null).orElseThrow());
        assertThat(frame.get("groups").getAsInt()).isEqualTo(256);
        assertThat(values(frame)).startsWith(3);
    }

    @Test
    void reportsThatThereAreNoUnitsYet() {
        Frame first = feed.after(null).orElseThrow();
        assertThat(Frames.json(first).get("reading").getAsBoolean()).isTrue();
        assertThat(feed.after(first)).isEmpty();

        feed.caughtUp();
        assertThat(Frames.json(feed.after(first).orElseThrow()).has("units")).isFalse();
    }

    private static UnitRow row(int step, int first, int units, double... lca) {
        UnitRow.Builder row = UnitRow.newBuilder()
                .setRun("r")
                .setStep(step)
                .setObjective("train")
                .setLayer("fc1")
                .setUnits(units)
                .setFirstUnit(first);
        for (double value : lca) {
            row.addUnitLca(value);
        }
        return row.build();
    }

    private static float[] values(JsonObject frame) {
        ByteBuffer bytes = ByteBuffer.wrap(
                        Base64.getDecoder().decode(frame.get("values").getAsString()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
