package io.lossledger.standalone.commands;

import io.lossledger.analysis.AnswerWriter;
import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.LedgerTable;
import io.lossledger.analysis.NamedTables;
import io.lossledger.analysis.RunRows;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableQuery;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.RowProgress;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger sql}. */
@Command(
        name = "sql",
        description = "Queries an export, or a run in Kafka, with DuckDB's SQL.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Tables: runs, steps, layers, units, windows, moments, alerts, parameters.",
            "Of a run in Kafka, only the topics of the tables that the query names are read.",
            "",
            "Examples:",
            "  lossledger sql \"describe units\"                              of the newest run",
            "  lossledger sql --run digits-1 \"from steps order by abs(residual) desc limit 5\"",
            "  lossledger sql --file digits-1.duckdb \"from layers where step = 10\"",
            "  lossledger sql --file digits-1/ --answer csv \"from windows\"   Parquet files"
        })
public final class SqlCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SQL", description = "Query to run.")
    String sql = "";

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "Export to read, a file or folder. Default: the run in Kafka")
    @Nullable
    Path file;

    @Option(names = "--run", paramLabel = "ID", description = "Run in Kafka to read. Default: the newest")
    @Nullable
    String run;

    @Option(
            names = "--answer",
            paramLabel = "FORM",
            defaultValue = "table",
            description = "Output format: table, csv, or json (JSON lines). Default: ${DEFAULT-VALUE}")
    AnswerWriter.Form form = AnswerWriter.Form.TABLE;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (file != null) {
            if (run != null) {
                throw new UserException("--run: must not be combined with --file; add where run = '" + run
                        + "' to the query instead. Found: both");
            }
            ask(file);
            return 0;
        }
        Set<LedgerTable> tables = NamedTables.of(sql);
        Path folder = Files.createTempDirectory("lossledger-sql");
        Path export = folder.resolve("run.duckdb");
        try (StopSignal stop = StopSignal.install(() -> {})) {
            try {
                fill(export, tables, stop);
                ask(export);
            } finally {
                Files.deleteIfExists(export);
                Files.delete(folder);
            }
        }
        return 0;
    }

    private void fill(Path export, Set<LedgerTable> tables, StopSignal stop) throws Exception {
        try (TableExport to = TableExport.create(export, ExportFormat.DUCKDB, false)) {
            if (!tables.isEmpty()) {
                read(tables, to, stop);
            }
            to.finish();
        }
    }

    private void read(Set<LedgerTable> tables, TableExport to, StopSignal stop) throws Exception {
        kafka.connect().close();
        PrintWriter err = spec.commandLine().getErr();
        List<String> notes;
        try (LedgerReader reader = LedgerReader.connect(kafka.clientConfig(), kafka.topicPrefix);
                RowProgress progress = new RowProgress(err, stop)) {
            Map<String, RunManifest> manifests = reader.runs();
            String wanted = run == null ? newest(manifests) : run;
            notes = new RunRows(reader, manifests).export(wanted, tables, to, progress);
        }
        notes.forEach(err::println);
    }

    private void ask(Path export) throws Exception {
        try (TableQuery query = TableQuery.open(export)) {
            AnswerWriter answer = new AnswerWriter(form, spec.commandLine().getOut());
            query.ask(sql, answer);
            answer.end();
        }
    }

    private static String newest(Map<String, RunManifest> manifests) {
        return manifests.values().stream()
                .max(Comparator.comparing(RunManifest::getStarted, Timestamps.comparator()))
                .map(RunManifest::getRun)
                .orElseThrow(() -> new UserException("--run: must be a run in this Kafka. Found: no runs"));
    }
}
