package io.lossledger.streams.windows;

import io.lossledger.protocol.v1.WindowKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How windows are cut. Window w holds the steps from w·hop to w·hop + size − 1, or the steps with a time from w·hop up
 * to, but not including, w·hop + size after that of the run's first step. A hop equal to the size gives tumbling
 * windows, a smaller one hopping windows. Immutable.
 *
 * @param kind steps or time
 * @param size length in steps or milliseconds
 * @param hop distance between the starts of two windows, 1 to size
 */
public record WindowSpec(WindowKind kind, int size, int hop) {
    /** How many windows of one kind may contain the same step; each is kept in the books of its run. */
    static final int MAX_OVERLAP = 16;

    static final int MIN_HOP_MILLIS = 1_000;

    private static final int MILLIS_PER_SECOND = 1_000;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final Pattern LENGTH = Pattern.compile("(\\d{1,9})([smh]?)");

    /** @throws IllegalArgumentException when a value is out of range */
    public WindowSpec {
        if (kind != WindowKind.WINDOW_KIND_STEPS && kind != WindowKind.WINDOW_KIND_TIME) {
            throw new IllegalArgumentException("window: must be over steps or over time. Found: " + kind);
        }
        if (size < 1 || hop < 1 || hop > size || (size + hop - 1L) / hop > MAX_OVERLAP) {
            throw new IllegalArgumentException("window: size must be at least 1, and hop from size/" + MAX_OVERLAP
                    + " to size. Found: size " + size + " and hop " + hop);
        }
        if (kind == WindowKind.WINDOW_KIND_TIME && hop < MIN_HOP_MILLIS) {
            throw new IllegalArgumentException("window: hop must be at least 1 s. Found: " + hop + " ms");
        }
    }

    /** Tumbling windows of a number of steps. */
    public static WindowSpec ofSteps(int size) {
        return new WindowSpec(WindowKind.WINDOW_KIND_STEPS, size, size);
    }

    /**
     * Parses a list such as {@code 100,100/25,30s,5m/1m}: steps, or time in seconds, minutes or hours, each with its
     * hop.
     *
     * @throws IllegalArgumentException when it cannot be parsed
     */
    public static List<WindowSpec> parseList(String text) {
        Set<WindowSpec> specs = new LinkedHashSet<>();
        for (String window : text.split(",", -1)) {
            specs.add(parse(window.strip()));
        }
        return new ArrayList<>(specs);
    }

    private static WindowSpec parse(String text) {
        String[] parts = text.split("/", -1);
        Matcher size = LENGTH.matcher(parts[0]);
        Matcher hop = LENGTH.matcher(parts[parts.length - 1]);
        if (parts.length > 2 || !size.matches() || !hop.matches() || isTime(size) != isTime(hop)) {
            throw new IllegalArgumentException(
                    "window: must be a size, or size/hop, in steps (100/25) or in time (30s, 5m/1m, 2h). Found: "
                            + text);
        }
        WindowKind kind = isTime(size) ? WindowKind.WINDOW_KIND_TIME : WindowKind.WINDOW_KIND_STEPS;
        return new WindowSpec(kind, length(size), length(hop));
    }

    private static boolean isTime(Matcher length) {
        return !length.group(2).isEmpty();
    }

    private static int length(Matcher length) {
        int unit = switch (length.group(2)) {
            case "s" -> MILLIS_PER_SECOND;
            case "m" -> MILLIS_PER_SECOND * SECONDS_PER_MINUTE;
            case "h" -> MILLIS_PER_SECOND * SECONDS_PER_MINUTE * SECONDS_PER_MINUTE;
            default -> 1;
        };
        long value = Long.parseLong(length.group(1)) * unit;
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("window: must be at most 596h. Found: " + length.group());
        }
        return (int) value;
    }
}
