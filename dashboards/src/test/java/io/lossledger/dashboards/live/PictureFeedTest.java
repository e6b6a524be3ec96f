package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.Frames;
import io.lossledger.dashboards.live.history.ImageLayer;
import io.lossledger.dashboards.live.history.LayerKey;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.TensorManifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureFeedTest {
    private final AtomicLong clock = new AtomicLong();
    private final LayerKey key = new LayerKey("r", new ObjectiveKey("train", ""), "fc1");

    @Test
    void addsUpTheLcaOfEachIncomingWeight() {
        PictureFeed feed = new PictureFeed(key, new ImageLayer(0, 2, 4, 1), clock::get);
        for (int step = 0; step < 4; step++) {
            feed.accept(RowFormat.JSON.serialize(row(step, 0, 20)));
            feed.accept(RowFormat.PROTOBUF.serialize(row(step, 20, 12)));
        }
        JsonObject frame = Frames.json(feed.after(null).orElseThrow());

        assertThat(frame.get("step").getAsInt()).isEqualTo(3);
        assertThat(frame.get("largest").getAsDouble()).isEqualTo(4 * 31);
        short[] pixels = pixels(frame);
        assertThat(pixels).hasSize(32);
        for (int i = 0; i < 32; i++) {
            assertThat(pixels[i]).isEqualTo((short) Math.round(-i / 31.0 * Short.MAX_VALUE));
        }
    }

    @Test
    void addsUpTheColours() {
        PictureFeed feed = new PictureFeed(key, new ImageLayer(0, 1, 4, 3), clock::get);
        feed.accept(RowFormat.JSON.serialize(row(0, 0, 48)));

        JsonObject frame = Frames.json(feed.after(null).orElseThrow());
        assertThat(pixels(frame)).hasSize(16);
        assertThat(frame.get("largest").getAsDouble()).isEqualTo(15 + 31 + 47);
    }

    @Test
    void showsTheUnitsOfALargeLayerThatMovedTheLossMost() {
        PictureFeed feed = new PictureFeed(key, new ImageLayer(0, 200, 4, 1), clock::get);
        feed.accept(RowFormat.JSON.serialize(row(0, 0, 3_200)));

        JsonObject frame = Frames.json(feed.after(null).orElseThrow());
        assertThat(Frames.numbers(frame, "shown"))
                .hasSize(128)
                .startsWith(72, 73)
                .endsWith(199);
    }

    @Test
    void sendsAPictureAtMostOnceASecond() {
        PictureFeed feed = new PictureFeed(key, new ImageLayer(0, 2, 4, 1), clock::get);
        Frame empty = feed.after(null).orElseThrow();
        feed.accept(RowFormat.JSON.serialize(row(0, 0, 32)));
        assertThat(feed.after(empty)).isEmpty();

        clock.set(1_000_000_000L);
        Frame picture = feed.after(empty).orElseThrow();
        assertThat(Frames.json(picture).has("values")).isTrue();
        assertThat(feed.after(picture)).isEmpty();
    }

    @Test
    void skipsRowsThatDoNotMatchOrAreDuplicates() {
        PictureFeed feed = new PictureFeed(key, new ImageLayer(0, 2, 4, 1), clock::get);
        feed.accept(RowFormat.JSON.serialize(row(0, 1, 32)));
        feed.accept(RowFormat.JSON.serialize(row(0, 0, 32)));
        feed.accept(RowFormat.JSON.serialize(row(0, 0, 32)));
        feed.accept(RowFormat.JSON.serialize(
                row(1, 0, 32).toBuilder().setObjective("other").build()));

        assertThat(Frames.json(feed.after(null).orElseThrow()).get("largest").getAsDouble())
                .isEqualTo(31);
    }

    @ParameterizedTest
    @CsvSource({"784,28,1", "3072,32,3", "16,4,1", "100,10,1", "48,4,3"})
    void aFirstLayerOfWeightsOnASquareLooksAtImages(int inputs, int side, int channels) {
        for (String kind : List.of("DenseLayer", "Linear", "the user's own")) {
            for (List<Integer> shape : List.of(List.of(inputs, 7), List.of(7, inputs))) {
                assertThat(ImageLayer.of(manifest(kind, inputs, shape), "first"))
                        .contains(new ImageLayer(1, 7, side, channels));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"Linear,785", "Linear,9", "Embedding,784", "Linear,0", "Linear,9000000"})
    void othersDoNot(String kind, int inputs) {
        assertThat(ImageLayer.of(manifest(kind, inputs, List.of(7, inputs)), "first"))
                .isEmpty();
        assertThat(ImageLayer.of(manifest("Linear", 784, List.of(7, 784)), "second"))
                .isEmpty();
    }

    /** Its units do not see whole images. */
    @Test
    void aConvolutionDoesNot() {
        assertThat(ImageLayer.of(manifest("Conv2d", 16, List.of(7, 1, 4, 4)), "first"))
                .isEmpty();
    }

    private static RunManifest manifest(String kind, int inputs, List<Integer> shape) {
        LayerManifest.Builder first = LayerManifest.newBuilder()
                .setLayer("first")
                .setKind(kind)
                .setUnits(7)
                .addTensors(TensorManifest.newBuilder().setRole(ParameterRole.PARAMETER_ROLE_BIAS))
                .addTensors(TensorManifest.newBuilder()
                        .setRole(ParameterRole.PARAMETER_ROLE_WEIGHT)
                        .addAllShape(shape)
                        .setParametersPerUnit(inputs));
        return RunManifest.newBuilder()
                .addLayers(first)
                .addLayers(first.build().toBuilder().setLayer("second"))
                .build();
    }

    /** The i-th weight of the tensor has LCA −i in every step. */
    private static ParameterRow row(int step, int offset, int count) {
        ParameterRow.Builder row = ParameterRow.newBuilder()
                .setRun("r")
                .setStep(step)
                .setLayer("fc1")
                .setObjective("train")
                .setOffset(offset);
        for (int i = offset; i < offset + count; i++) {
            row.addParameterLca(-i);
        }
        return row.build();
    }

    private static short[] pixels(JsonObject frame) {
        ByteBuffer bytes = ByteBuffer.wrap(
                        Base64.getDecoder().decode(frame.get("values").getAsString()))
                .order(ByteOrder.LITTLE_ENDIAN);
        short[] values = new short[bytes.remaining() / Short.BYTES];
        bytes.asShortBuffer().get(values);
        return values;
    }
}
