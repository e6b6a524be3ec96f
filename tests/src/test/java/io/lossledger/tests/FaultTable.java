package io.lossledger.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/** Collects what faults did, a row each, in {@code target/faults.md}; {@code tests/bench/cluster} prints it. */
final class FaultTable {
    private static final Path FILE = Path.of("target", "faults.md");

    private FaultTable() {}

    /**
     * @param saw the line that the user saw; empty: none
     * @param said seconds until it was printed
     * @param wentOn seconds until new rows came, from the fault or from the repair
     */
    static void add(String fault, String saw, double said, String wentOn, Difference rows) {
        String line = String.format(
                Locale.ROOT,
                "| %s | %s | %s | %d | %d |",
                fault,
                saw.isEmpty() ? "nothing" : "after " + Math.round(said) + " s: `" + saw.replace("|", "\\|") + "`",
                wentOn,
                rows.lost(),
                rows.doubled());
        System.out.println("faults: " + line);
        try {
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How rows differ from those of an undisturbed replay. */
    record Difference(int lost, int doubled) {
        boolean isNone() {
            return lost == 0 && doubled == 0;
        }
    }

    /** Rows that are not there, and rows that are there once too often or should not be there. */
    static Difference difference(SortedMap<String, List<String>> expected, SortedMap<String, List<String>> found) {
        return new Difference(missing(expected, found), missing(found, expected));
    }

    private static int missing(SortedMap<String, List<String>> from, SortedMap<String, List<String>> in) {
        int missing = 0;
        for (var rows : from.entrySet()) {
            Map<String, Integer> there = new HashMap<>();
            in.getOrDefault(rows.getKey(), List.of()).forEach(row -> there.merge(row, 1, Integer::sum));
            for (String row : rows.getValue()) {
                if (there.merge(row, -1, Integer::sum) < 0) {
                    missing++;
                }
            }
        }
        return missing;
    }
}
