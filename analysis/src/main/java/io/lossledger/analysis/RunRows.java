package io.lossledger.analysis;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the results of runs into an export. Of a run that goes on, everything up to its newest step: steps are read first, and
 * rows of later ones passed over, so that the tables agree. Not thread-safe.
 */
public final class RunRows {
    private static final int MOST_NAMED = 10;

    private final LedgerReader reader;
    private final Map<String, RunManifest> runs;

    /** @param runs the manifests that there are, by run id */
    public RunRows(LedgerReader reader, Map<String, RunManifest> runs) {
        this.reader = reader;
        this.runs = Map.copyOf(runs);
    }

    /** Told of each row. What it throws ends the export. */
    @FunctionalInterface
    public interface Progress {
        void row();
    }

    /** The newest manifest of a run. @throws IllegalArgumentException when there is no such run */
    public RunManifest manifest(String run) {
        RunManifest manifest = runs.get(run);
        if (manifest == null) {
            String others = runs.keySet().stream().sorted().limit(MOST_NAMED).collect(Collectors.joining(", "));
            throw new IllegalArgumentException("run: must be one in this Kafka. Found: " + run + "; there "
                    + (runs.isEmpty() ? "is none" : "are " + others + (runs.size() > MOST_NAMED ? ", ..." : "")));
        }
        return manifest;
    }

    /**
     * Exports a run.
     *
     * @param parameters whether to take the rows of parameters that there are
     * @return what is not there, one sentence each
     * @throws IllegalArgumentException when there is no such run
     * @throws IOException when the export cannot be written
     */
    public List<String> export(String run, boolean parameters, TableExport to, Progress progress) throws IOException {
        to.add(manifest(run));
        Span steps = new Span();
        Span units = new Span();
        try {
            reader.read(StepRow.class, run, row -> {
                progress.row();
                steps.see(row.getStep());
                add(to, row);
            });
            Set<LedgerTable> others = EnumSet.complementOf(EnumSet.of(LedgerTable.RUNS, LedgerTable.STEPS));
            if (!parameters) {
                others.remove(LedgerTable.PARAMETERS);
            }
            for (LedgerTable table : others) {
                read(table, run, to, steps, table == LedgerTable.UNITS ? units : new Span(), progress);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return notes(run, steps, units);
    }

    private void read(LedgerTable table, String run, TableExport to, Span steps, Span seen, Progress progress) {
        Message prototype = table.message();
        FieldDescriptor step =
                prototype.getDescriptorForType().findFieldByName(table == LedgerTable.WINDOWS ? "last_step" : "step");
        reader.read(prototype.getClass(), run, row -> {
            progress.row();
            int number = (Integer) row.getField(step);
            if (number <= steps.last || table == LedgerTable.ALERTS || isClosingBalance(row)) {
                seen.see(number);
                add(to, row);
            }
        });
    }

    private static boolean isClosingBalance(Message row) {
        return row instanceof WindowRow window && window.getKind() == WindowKind.WINDOW_KIND_RUN;
    }

    private static List<String> notes(String run, Span steps, Span units) {
        List<String> notes = new ArrayList<>();
        if (steps.last < 0) {
            notes.add("run " + run + " has no step in this Kafka");
        } else if (units.last >= 0 && units.first > steps.first) {
            notes.add("run " + run + ": the units of steps " + steps.first + " to " + (units.first - 1)
                    + " are no longer in this Kafka");
        } else if (units.last < 0) {
            notes.add("run " + run + ": there are no units in this Kafka, of any step");
        }
        return notes;
    }

    private static void add(TableExport to, Message row) {
        try {
            to.add(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first and last step that were seen. */
    private static final class Span {
        private int first = Integer.MAX_VALUE;
        private int last = -1;

        void see(int step) {
            first = Math.min(first, step);
            last = Math.max(last, step);
        }
    }
}
