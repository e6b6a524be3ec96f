package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Collects what faults did, a row each, in {@code target/faults.md}; {@code tests/bench/cluster} prints it. */
final class FaultTable {
    private static final Path FILE = Path.of("target", "faults.md");

    private FaultTable() {}

    /**
     * A fault that cuts something short.
     *
     * @param saw the line that the user saw
     */
    static void add(String fault, String saw, String wentOn) {
        write("| " + fault + " | " + code(saw) + " | " + wentOn + " | – | – |");
    }

    /** @param saw the line that the user saw, with the time after which it was printed; or that there was none */
    static void add(String fault, String saw, String wentOn, Difference rows) {
        write("| " + fault + " | " + saw + " | " + wentOn + " | " + rows.lost() + " | " + rows.doubled() + " |");
    }

    /** A line as code, without what differs each time. */
    static String code(String line) {
        String general = line.strip()
                .replaceAll("(localhost:\\d+,?)+", "KAFKA")
                .replaceAll("/\\S*junit-?\\d+", "/data")
                .replaceFirst("^\\d\\d:\\d\\d:\\d\\d ", "");
        return "`" + general.replace("|", "\\|") + "`";
    }

    private static void write(String line) {
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

    /**
     * How the rows of all runs differ from those that an undisturbed replay writes, also in their order.
     *
     * @param runs separated by commas
     */
    static Difference replayed(String bootstrapServers, String runs, Object... more) throws Exception {
        List<Object> options = new ArrayList<>(List.of("replay", "--bootstrap-server", bootstrapServers));
        options.addAll(List.of("--run", runs, "--to-prefix", "replay."));
        options.addAll(List.of(more));
        try (LedgerCommand replay = LedgerCommand.run(options.toArray())) {
            assertThat(replay.exitCode()).as(replay.errors()).isZero();
        }
        SortedMap<String, List<String>> expected = new Results(bootstrapServers, "replay.").canonical();
        SortedMap<String, List<String>> found = new Results(bootstrapServers, "lossledger.").canonical();
        for (String one : runs.split(",", -1)) {
            assertThat(expected.keySet()).contains("STEP " + one, "LAYER " + one, "UNIT " + one, "WINDOW " + one);
        }
        Difference difference = new Difference(missing(expected, found), missing(found, expected));
        if (difference.isNone()) {
            ResultsMatch.require("the replay", expected, found);
        }
        return difference;
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
