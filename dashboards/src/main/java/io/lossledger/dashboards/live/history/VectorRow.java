package io.lossledger.dashboards.live.history;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.UnitRow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A row that is mostly a vector, from {@code lossledger.unit} or {@code lossledger.parameter}. JSON is parsed as a
 * stream, several times faster than into a message, and unwanted rows are skipped early. Not thread-safe.
 */
public final class VectorRow {
    private static final int FIRST_CAPACITY = 256;

    private String objective = "";
    private String stratum = "";
    private String part = "";
    private String layer = "";
    private long step;
    private long first;
    private long units;
    private double[] lca = {};

    private VectorRow() {}

    /**
     * Parses a row of an opened layer; empty: it belongs to something else.
     *
     * @throws IOException when the bytes are not such a row
     */
    public static Optional<VectorRow> ofUnits(byte[] value, LayerKey wanted) throws IOException {
        VectorRow row = isJson(value) ? ofJson(value, "unit_lca", "first_unit", wanted) : ofUnits(value);
        return Optional.of(row).filter(read -> read.isOf(wanted) && read.part.isEmpty());
    }

    /** The same for parameters. */
    public static Optional<VectorRow> ofParameters(byte[] value, LayerKey wanted) throws IOException {
        VectorRow row = isJson(value) ? ofJson(value, "parameter_lca", "offset", wanted) : ofParameters(value);
        return Optional.of(row).filter(read -> read.isOf(wanted) && read.part.isEmpty());
    }

    public long step() {
        return step;
    }

    /** The unit or offset of the first value. */
    public long first() {
        return first;
    }

    /** The number of units in the layer; 0 in rows of parameters. */
    public long units() {
        return units;
    }

    public double[] lca() {
        return lca;
    }

    private boolean isOf(LayerKey wanted) {
        return layer.equals(wanted.layer())
                && objective.equals(wanted.objective().name())
                && stratum.equals(wanted.objective().stratum());
    }

    private static boolean isJson(byte[] value) {
        return RowFormat.of(value) == RowFormat.JSON;
    }

    private static VectorRow ofUnits(byte[] value) throws InvalidProtocolBufferException {
        UnitRow message = UnitRow.parseFrom(value);
        VectorRow row = new VectorRow();
        row.objective = message.getObjective();
        row.stratum = message.getStratum();
        row.part = message.getPart();
        row.layer = message.getLayer();
        row.step = Integer.toUnsignedLong(message.getStep());
        row.first = Integer.toUnsignedLong(message.getFirstUnit());
        row.units = Integer.toUnsignedLong(message.getUnits());
        row.lca = message.getUnitLcaList().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        return row;
    }

    private static VectorRow ofParameters(byte[] value) throws InvalidProtocolBufferException {
        ParameterRow message = ParameterRow.parseFrom(value);
        VectorRow row = new VectorRow();
        row.objective = message.getObjective();
        row.stratum = message.getStratum();
        row.part = message.getPart();
        row.layer = message.getLayer();
        row.step = Integer.toUnsignedLong(message.getStep());
        row.first = (long) message.getOffset();
        row.lca = message.getParameterLcaList().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        return row;
    }

    private static VectorRow ofJson(byte[] value, String vector, String first, LayerKey wanted) throws IOException {
        VectorRow row = new VectorRow();
        JsonReader json =
                new JsonReader(new InputStreamReader(new ByteArrayInputStream(value), StandardCharsets.UTF_8));
        json.setStrictness(Strictness.LENIENT); // a value may be NaN
        try {
            json.beginObject();
            while (json.hasNext()) {
                String name = json.nextName();
                if (!name.equals(vector)) {
                    row.read(json, name, first);
                } else if (row.isOf(wanted)) { // its fields come before the vector
                    row.lca = vector(json);
                } else {
                    return row;
                }
            }
            return row;
        } catch (IllegalStateException | NumberFormatException e) {
            throw new IOException("This is not a row with a vector", e);
        }
    }

    private void read(JsonReader json, String name, String firstName) throws IOException {
        switch (name) {
            case "objective" -> objective = json.nextString();
            case "stratum" -> stratum = json.nextString();
            case "part" -> part = json.nextString();
            case "layer" -> layer = json.nextString();
            case "step" -> step = json.nextLong();
            case "units" -> units = json.nextLong();
            default -> {
                if (name.equals(firstName)) {
                    first = (long) json.nextDouble();
                } else {
                    json.skipValue();
                }
            }
        }
    }

    private static double[] vector(JsonReader json) throws IOException {
        double[] values = new double[FIRST_CAPACITY];
        int count = 0;
        json.beginArray();
        while (json.hasNext()) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = json.nextDouble();
        }
        json.endArray();
        return Arrays.copyOf(values, count);
    }
}
