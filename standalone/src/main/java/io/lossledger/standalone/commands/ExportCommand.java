package io.lossledger.standalone.commands;

import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.LedgerTable;
import io.lossledger.analysis.RawExport;
import io.lossledger.analysis.RunRows;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableSink;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.RunParameters;
import io.lossledger.standalone.terminal.RowProgress;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.replay.ReplayReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger export}. */
@Command(
        name = "export",
        description = "Writes the results of runs to files: DuckDB, Parquet, CSV, or arrays for numpy.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Tables: runs, steps, layers, units, windows, moments, alerts, parameters. A file",
            "gets its name when it is complete.",
            "",
            "Columns are the fields of the rows, which protocol/README.md documents. The LCA",
            "of a unit or parameter is a row of its own. A DuckDB file describes its columns:",
            "  lossledger sql --file digits-1.duckdb \"from duckdb_columns()\"",
            "",
            "Examples:",
            "  lossledger export digits-1                                  to digits-1.duckdb",
            "  lossledger export digits-1 digits-2 --to both.duckdb",
            "  lossledger export digits-1 --format parquet --to digits-1/   a file per table",
            "  lossledger export digits-1 --raw --to digits-1.npz          arrays for numpy"
        })
public final class ExportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Ids of the runs.")
    List<String> runs = new ArrayList<>();

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--to",
            paramLabel = "PATH",
            description = "File or folder to write. Default: named after the run, in the current folder")
    @Nullable
    Path to;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "duckdb",
            description =
                    "Format: duckdb writes one file; parquet and csv write a folder with a file for each table. Default: ${DEFAULT-VALUE}")
    ExportFormat format = ExportFormat.DUCKDB;

    @Option(
            names = "--parameters",
            description = "Also writes the LCA of each parameter in each step. It is computed from lossledger.update"
                    + " unless it is in lossledger.parameter.")
    boolean parameters;

    @Option(
            names = "--raw",
            description = "Writes what the producer of one run sent instead, as vectors in an .npz file.")
    boolean raw;

    @Option(names = "--force", description = "Replaces a file that exists.")
    boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (raw && (runs.size() > 1 || parameters)) {
            throw new UserException("--raw: must be used with one run and without --parameters. Found: "
                    + (parameters ? "--parameters" : runs.size() + " runs"));
        }
        ExportTarget.requireDifferent(runs);
        String ending = raw ? ".npz" : format.isOneFile() ? ".duckdb" : "-" + format.label();
        Path target = to == null ? Path.of(runs.get(0) + ending) : to;
        kafka.connect().close();
        PrintWriter err = spec.commandLine().getErr();
        try (StopSignal stop = StopSignal.install(() -> {});
                LedgerReader reader = LedgerReader.connect(kafka.clientConfig(), kafka.topicPrefix)) {
            Map<String, RunManifest> manifests = reader.runs();
            RunRows rows = new RunRows(reader, manifests);
            for (String run : runs) {
                if (rows.manifest(run).getStatus() == RunStatus.RUN_STATUS_RUNNING) {
                    err.println("run " + run
                            + " is still in progress, or was killed; the export contains its records so far");
                }
            }
            if (raw) {
                RawExport.Report report;
                try (RowProgress progress = new RowProgress(err, stop)) {
                    report = RawExport.export(reader, runs.get(0), target, force, progress);
                }
                tellMissing(manifests.get(runs.get(0)), report);
                spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "%s: %,d arrays of %,d steps%n",
                                target,
                                report.arrays(),
                                report.steps().size());
            } else {
                export(rows, target, stop);
            }
            if (reader.unreadable() > 0) {
                err.println(reader.unreadable() + " records could not be read and are omitted");
            }
            return 0;
        } catch (UncheckedIOException e) {
            throw ExportTarget.refused("--to", target, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw ExportTarget.refused("--to", target, e);
        }
    }

    /** Adds the rows of a run's parameters that its updates give, and says what is missing. */
    private List<String> compute(String run, TableSink sink, StopSignal stop) throws InterruptedException {
        try {
            long[] rows = {0};
            ReplayReport report = RunParameters.replay(
                    kafka,
                    run,
                    row -> {
                        sink.accept(LedgerTopic.PARAMETER, "", row, 0);
                        rows[0]++;
                    },
                    stop,
                    spec.commandLine().getErr());
            return RunParameters.missing(run, report, rows[0]);
        } catch (IllegalArgumentException e) { // a topic that is missing or has dropped all of it
            return List.of("run " + run + ": the LCA of its parameters cannot be computed. " + e.getMessage());
        }
    }

    private Set<LedgerTable> tables() {
        Set<LedgerTable> tables = EnumSet.allOf(LedgerTable.class);
        if (!parameters) {
            tables.remove(LedgerTable.PARAMETERS);
        }
        return tables;
    }

    private void tellMissing(@Nullable RunManifest manifest, RawExport.Report report) {
        int first = manifest == null ? 0 : manifest.getFirstStep();
        if (report.steps().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("no step of the run is in " + LedgerTopic.UPDATE.named(kafka.topicPrefix));
        } else if (report.steps().first() > first + (manifest == null ? 0 : Math.max(0, manifest.getEvery() - 1))) {
            spec.commandLine()
                    .getErr()
                    .println("steps " + first + " to " + (report.steps().first() - 1) + " are no longer in "
                            + LedgerTopic.UPDATE.named(kafka.topicPrefix));
        }
    }

    private void export(RunRows rows, Path target, StopSignal stop) throws IOException, InterruptedException {
        long start = System.nanoTime();
        List<String> notes = new ArrayList<>();
        Map<LedgerTable, Long> counts;
        try (TableExport export = TableExport.create(target, format, force)) {
            for (String run : runs) {
                long before = export.rows().getOrDefault(LedgerTable.PARAMETERS, 0L);
                try (RowProgress progress = new RowProgress(spec.commandLine().getErr(), stop)) {
                    notes.addAll(rows.export(run, tables(), export, progress));
                }
                if (parameters && export.rows().getOrDefault(LedgerTable.PARAMETERS, 0L) == before) {
                    notes.addAll(compute(run, new TableSink(export), stop));
                }
            }
            counts = export.rows();
            export.finish();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        notes.forEach(spec.commandLine().getErr()::println);
        PrintWriter out = spec.commandLine().getOut();
        for (LedgerTable table : LedgerTable.values()) {
            out.printf(Locale.ROOT, "%-12s %,12d rows%n", table.tableName(), counts.getOrDefault(table, 0L));
        }
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        out.printf(Locale.ROOT, "%s: %,d rows in %.1f s, %,.0f rows/s%n", target, all, seconds, all / seconds);
    }
}
