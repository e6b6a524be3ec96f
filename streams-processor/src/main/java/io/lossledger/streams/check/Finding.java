package io.lossledger.streams.check;

/**
 * A rule that a producer has broken. Immutable.
 *
 * @param rule the rule and the first value that broke it, as {@code field: rule. Found: value}
 * @param place where it was broken first
 * @param count how often it was broken
 */
public record Finding(String rule, String place, long count) {
    @Override
    public String toString() {
        return rule + " (" + place + (count == 1 ? ")" : "; " + count + " times)");
    }
}
