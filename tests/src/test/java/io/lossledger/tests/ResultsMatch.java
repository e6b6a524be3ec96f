package io.lossledger.tests;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;

/** Holds the results of two processings against each other, byte for byte. */
final class ResultsMatch {
    private ResultsMatch() {}

    /** Fails with the first difference: a row that is missing, comes twice or is another. */
    static void require(String what, SortedMap<String, List<String>> expected, SortedMap<String, List<String>> found) {
        TreeSet<String> names = new TreeSet<>(expected.keySet());
        names.addAll(found.keySet());
        for (String name : names) {
            List<String> left = expected.getOrDefault(name, List.of());
            List<String> right = found.getOrDefault(name, List.of());
            for (int row = 0; row < Math.max(left.size(), right.size()); row++) {
                String one = row < left.size() ? left.get(row) : "(no row)";
                String other = row < right.size() ? right.get(row) : "(no row)";
                if (!one.equals(other)) {
                    throw new AssertionError(what + ": row " + row + " of " + name + " (" + left.size()
                            + " rows, found " + right.size() + ") must be\n" + one + "\nFound:\n" + other);
                }
            }
        }
    }
}
