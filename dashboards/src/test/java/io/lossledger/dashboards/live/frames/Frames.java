package io.lossledger.dashboards.live.frames;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Reads frames back. */
public final class Frames {
    private Frames() {}

    public static String event(Frame frame) {
        return text(frame).lines().findFirst().orElseThrow().substring("event: ".length());
    }

    public static JsonObject json(Frame frame) {
        String data = text(frame).lines().skip(1).findFirst().orElseThrow();
        return JsonParser.parseString(data.substring("data: ".length())).getAsJsonObject();
    }

    /** Null is NaN; what is no integer was a float. */
    public static double[] numbers(JsonObject json, String name) {
        JsonArray array = json.getAsJsonArray(name);
        return IntStream.range(0, array.size())
                .mapToObj(array::get)
                .flatMapToDouble(value -> DoubleStream.of(value.isJsonNull() ? Double.NaN : number(value)))
                .toArray();
    }

    private static double number(JsonElement value) {
        double number = value.getAsDouble();
        return number == Math.rint(number) ? number : (float) number;
    }

    private static String text(Frame frame) {
        return new String(frame.bytes(), StandardCharsets.UTF_8);
    }
}
