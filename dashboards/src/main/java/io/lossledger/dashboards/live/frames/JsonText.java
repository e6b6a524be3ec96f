package io.lossledger.dashboards.live.frames;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;

/**
 * Writes small JSON documents, with numbers in the shortest form that identifies a float. Values that are not finite
 * become the text {@code "NaN"}, {@code "Infinity"} or {@code "-Infinity"}, as in the rows. Not thread-safe.
 */
public final class JsonText {
    private final StringWriter text = new StringWriter();
    private final JsonWriter writer = new JsonWriter(text);

    /** A part of the document. */
    @FunctionalInterface
    public interface Body {
        void write(JsonText json);
    }

    public static String object(Body body) {
        JsonText json = new JsonText();
        json.braces(body);
        return json.text.toString();
    }

    public static String error(String message) {
        return object(json -> json.put("error", message));
    }

    public JsonText put(String name, String value) {
        return call(() -> writer.name(name).value(value));
    }

    public JsonText put(String name, boolean value) {
        return call(() -> writer.name(name).value(value));
    }

    public JsonText put(String name, long value) {
        return call(() -> writer.name(name).value(value));
    }

    public JsonText put(String name, double value) {
        return call(() -> number(writer.name(name), value));
    }

    public JsonText putNull(String name) {
        return call(() -> writer.name(name).nullValue());
    }

    public JsonText add(double value) {
        return call(() -> number(writer, value));
    }

    public JsonText addNull() {
        return call(writer::nullValue);
    }

    public JsonText add(long value) {
        return call(() -> writer.value(value));
    }

    public JsonText add(String value) {
        return call(() -> writer.value(value));
    }

    public JsonText object(String name, Body body) {
        call(() -> writer.name(name));
        return braces(body);
    }

    public JsonText array(String name, Body body) {
        call(() -> writer.name(name));
        return brackets(body);
    }

    public JsonText strings(String name, Collection<String> values) {
        return array(name, json -> values.forEach(json::add));
    }

    public JsonText braces(Body body) {
        call(writer::beginObject);
        body.write(this);
        return call(writer::endObject);
    }

    JsonText brackets(Body body) {
        call(writer::beginArray);
        body.write(this);
        return call(writer::endArray);
    }

    private static void number(JsonWriter writer, double value) throws IOException {
        float rounded = (float) value;
        if (rounded == (long) rounded && Math.abs(rounded) < 1 << 24) {
            writer.value((long) rounded);
        } else if (Float.isFinite(rounded)) {
            writer.jsonValue(Float.toString(rounded));
        } else if (Double.isFinite(value)) {
            writer.jsonValue(Double.toString(value));
        } else {
            writer.value(Double.toString(value));
        }
    }

    /** A write to the JSON writer. */
    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private JsonText call(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter never fails
        }
    }
}
