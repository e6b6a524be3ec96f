package io.lossledger.streams.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects findings: each rule once, with its first example. Not thread-safe. */
final class Findings {
    private final Map<String, Finding> byRule = new LinkedHashMap<>();

    /** @param message {@code field: rule. Found: value}; messages that differ only in numbers and the value are the same rule */
    void add(String place, String message) {
        byRule.merge(
                key(message),
                new Finding(message, place, 1),
                (first, again) -> new Finding(first.rule(), first.place(), first.count() + 1));
    }

    List<Finding> list() {
        return new ArrayList<>(byRule.values());
    }

    private static String key(String message) {
        int found = message.indexOf(". Found: ");
        return (found < 0 ? message : message.substring(0, found)).replaceAll("-?[0-9][0-9.E+-]*", "#");
    }
}
