package io.lossledger.analysis;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the results of runs into an export. Of an active run, it exports everything up to the newest step in the first
 * table with rows of every step. Rows of later steps are skipped, so that the tables agree. Not thread-safe.
 */
public final class RunRows {
    private static final int MOST_NAMED = 10;
    private static final Set<LedgerTable> HOLD_EVERY_STEP =
            EnumSet.of(LedgerTable.STEPS, LedgerTable.LAYERS, LedgerTable.UNITS, LedgerTable.PARAMETERS);

    private final LedgerReader reader;
    private final Map<String, RunManifest> runs;

    /** @param runs the existing manifests, by run id */
    public RunRows(LedgerReader reader, Map<String, RunManifest> runs) {
        this.reader = reader;
        this.runs = Map.copyOf(runs);
    }

    /** Receives each row. An exception ends the export. */
    @FunctionalInterface
    public interface Progress {
        void row();
    }

    /** The newest manifest of a run. @throws IllegalArgumentException when there is no such run */
    public RunManifest manifest(String run) {
        RunManifest manifest = runs.get(run);
        if (manifest == null) {
            String others = runs.keySet().stream().sorted().limit(MOST_NAMED).collect(Collectors.joining(", "));
            throw new IllegalArgumentException("run: must be a run in this Kafka. Found: " + run + "; this Kafka has "
                    + (runs.isEmpty() ? "no runs" : others + (runs.size() > MOST_NAMED ? ", ..." : "")));
        }
        return manifest.toBuilder().setRun(run).build(); // rows carry the key, whatever the manifest says
    }

    /**
     * Exports a run. Reads only the topics of the given tables.
     *
     * @param tables the tables to fill; the others stay empty
     * @return what is missing, one sentence each
     * @throws IllegalArgumentException when there is no such run
     * @throws IOException when the export cannot be written
     */
    public List<String> export(String run, Set<LedgerTable> tables, TableExport to, Progress progress)
            throws IOException {
        RunManifest manifest = manifest(run);
        to.add(manifest);
        Map<LedgerTable, Span> seen = new EnumMap<>(LedgerTable.class);
        Span bounds = Span.ALL;
        try {
            for (LedgerTable table : LedgerTable.values()) { // steps first
                if (table != LedgerTable.RUNS && tables.contains(table)) {
                    Span span = read(table, manifest, to, bounds, progress);
                    seen.put(table, span);
                    bounds = bounds == Span.ALL && HOLD_EVERY_STEP.contains(table) ? span : bounds;
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return notes(run, seen);
    }

    private Span read(LedgerTable table, RunManifest run, TableExport to, Span bounds, Progress progress) {
        Message prototype = table.message();
        FieldDescriptor step =
                prototype.getDescriptorForType().findFieldByName(table == LedgerTable.WINDOWS ? "last_step" : "step");
        Span seen = new Span(Integer.MAX_VALUE, -1);
        reader.read(prototype.getClass(), run, row -> {
            progress.row();
            int number = (Integer) row.getField(step);
            if (number <= bounds.last || table == LedgerTable.ALERTS || isClosingBalance(row)) {
                seen.see(number);
                add(to, row);
            }
        });
        return seen;
    }

    private static boolean isClosingBalance(Message row) {
        return row instanceof WindowRow window && window.getKind() == WindowKind.WINDOW_KIND_RUN;
    }

    private static List<String> notes(String run, Map<LedgerTable, Span> seen) {
        Span steps = seen.get(LedgerTable.STEPS);
        Span units = seen.get(LedgerTable.UNITS);
        if (steps != null && steps.last < 0) {
            return List.of("run " + run + " has no steps in this Kafka");
        }
        if (units != null && units.last < 0) {
            return List.of("run " + run + ": this Kafka has no units of any step");
        }
        if (units != null && steps != null && units.first > steps.first) {
            return List.of("run " + run + ": the units of steps " + steps.first + " to " + (units.first - 1)
                    + " are no longer in this Kafka");
        }
        return List.of();
    }

    private static void add(TableExport to, Message row) {
        try {
            to.add(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first and last step read. */
    private static final class Span {
        static final Span ALL = new Span(0, Integer.MAX_VALUE);

        private int first;
        private int last;

        Span(int first, int last) {
            this.first = first;
            this.last = last;
        }

        void see(int step) {
            first = Math.min(first, step);
            last = Math.max(last, step);
        }
    }
}
