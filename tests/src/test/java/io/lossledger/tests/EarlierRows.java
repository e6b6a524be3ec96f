package io.lossledger.tests;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Holds results against those of an earlier version: the same rows once each, with every field that the earlier version wrote. Numbers
 * are the same to the bit. Fields that the earlier version did not know are not looked at. Stateless.
 */
final class EarlierRows {
    private EarlierRows() {}

    /** Fails with the first difference. */
    static void require(
            String version, SortedMap<String, List<String>> expected, SortedMap<String, List<String>> found) {
        TreeSet<String> names = new TreeSet<>(expected.keySet());
        names.addAll(found.keySet());
        for (String name : names) {
            List<String> left = expected.getOrDefault(name, List.of());
            List<String> right = found.getOrDefault(name, List.of());
            if (left.size() != right.size()) {
                throw new AssertionError(name + ": must have the " + left.size() + " rows of version " + version
                        + ". Found: " + right.size());
            }
            for (int row = 0; row < left.size(); row++) {
                String place = name + ", row " + row;
                difference(place, left.get(row), right.get(row)).ifPresent(text -> {
                    throw new AssertionError(text + " (expected by version " + version + ")");
                });
            }
        }
    }

    /** Of rows as {@link Results#canonical} gives them: the time, a space, and JSON or text. */
    static Optional<String> difference(String place, String expected, String found) {
        int json = expected.indexOf(" {") + 1;
        if (json == 0 || !found.startsWith(expected.substring(0, json))) {
            return unless(expected.equals(found), place, expected, found);
        }
        return difference(
                place, JsonParser.parseString(expected.substring(json)), JsonParser.parseString(found.substring(json)));
    }

    private static Optional<String> difference(String place, JsonElement expected, JsonElement found) {
        if (expected instanceof JsonObject object && found instanceof JsonObject other) {
            for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                String name = place + "." + field.getKey();
                JsonElement value = other.get(field.getKey());
                Optional<String> difference = value == null
                        ? unless(false, name, field.getValue(), "nothing")
                        : difference(name, field.getValue(), value);
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }
        if (expected instanceof JsonArray array && found instanceof JsonArray other && array.size() == other.size()) {
            for (int i = 0; i < array.size(); i++) {
                Optional<String> difference = difference(place + "[" + i + "]", array.get(i), other.get(i));
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }
        if (expected instanceof JsonPrimitive one && found instanceof JsonPrimitive two && one.isNumber()) {
            boolean same = two.isNumber() && Double.compare(one.getAsDouble(), two.getAsDouble()) == 0;
            return unless(same, place, expected, found);
        }
        return unless(expected.equals(found), place, expected, found);
    }

    private static Optional<String> unless(boolean same, String place, Object expected, Object found) {
        return same ? Optional.empty() : Optional.of(place + ": must be " + expected + ". Found: " + found);
    }
}
