package io.lossledger.dashboards.live.history;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.LayerRow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Parses rows of layers, which are numerous: of JSON only the fields that the page shows, several times faster than all
 * of it. Stateless.
 */
public final class LayerRows {
    private LayerRows() {}

    /** @throws IOException when the bytes are not such a row */
    public static LayerRow read(byte[] value) throws IOException {
        if (RowFormat.of(value) == RowFormat.PROTOBUF) {
            return LayerRow.parseFrom(value);
        }
        LayerRow.Builder row = LayerRow.newBuilder();
        JsonReader json =
                new JsonReader(new InputStreamReader(new ByteArrayInputStream(value), StandardCharsets.UTF_8));
        json.setStrictness(Strictness.LENIENT); // a value may be NaN
        try {
            json.beginObject();
            while (json.hasNext()) {
                read(json, row);
            }
            json.endObject();
            return row.build();
        } catch (IllegalStateException | NumberFormatException e) {
            throw new InvalidProtocolBufferException("This is not a row of a layer: " + e.getMessage());
        }
    }

    private static void read(JsonReader json, LayerRow.Builder row) throws IOException {
        switch (json.nextName()) {
            case "step" -> row.setStep((int) json.nextLong());
            case "objective" -> row.setObjective(json.nextString());
            case "stratum" -> row.setStratum(json.nextString());
            case "part" -> row.setPart(json.nextString());
            case "layer" -> row.setLayer(json.nextString());
            case "layer_index" -> row.setLayerIndex((int) json.nextLong());
            case "parameters" -> row.setParameters(json.nextDouble());
            case "lca" -> row.setLca(json.nextDouble());
            case "help" -> row.setHelp(json.nextDouble());
            case "harm" -> row.setHarm(json.nextDouble());
            case "gradient_norm" -> row.setGradientNorm(json.nextDouble());
            case "delta_norm" -> row.setDeltaNorm(json.nextDouble());
            case "sampling_error" -> row.setSamplingError(json.nextDouble());
            case "cumulative_lca" -> row.setCumulativeLca(json.nextDouble());
            default -> json.skipValue();
        }
    }
}
