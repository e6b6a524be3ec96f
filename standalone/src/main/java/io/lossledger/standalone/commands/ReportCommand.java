package io.lossledger.standalone.commands;

import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.LedgerTable;
import io.lossledger.analysis.RunRows;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableQuery;
import io.lossledger.analysis.report.Report;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.files.UnfinishedFile;
import io.lossledger.standalone.options.BalanceOptions;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.RunParameters;
import io.lossledger.standalone.terminal.RowProgress;
import io.lossledger.standalone.terminal.StopSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger report}. */
@Command(
        name = "report",
        description = "Draws a run, or several side by side, as one HTML file with the figures of the LCA paper.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The report begins with three answers: whether the run learned, which layers",
            "helped or hurt, and whether the books balance. It compares the findings with",
            "those of the paper. Each figure has a table of its numbers. The figures of",
            "several runs have the same axes. Those of single parameters are computed from",
            "lossledger.update. They are omitted if its records no longer exist, and with",
            "--no-parameters or --file.",
            "",
            "Examples:",
            "  lossledger report digits-1                             to digits-1.html",
            "  lossledger report digits-1 digits-2 --to both.html",
            "  lossledger report digits-1 --pictures figures/         also as SVG and PNG",
            "  lossledger report digits-1 --file digits-1.duckdb      without Kafka"
        })
public final class ReportCommand implements Callable<Integer> {
    private static final Set<LedgerTable> WITHOUT_PARAMETERS = EnumSet.complementOf(EnumSet.of(LedgerTable.PARAMETERS));

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Ids of one or more runs.")
    List<String> runs = new ArrayList<>();

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    BalanceOptions balance = new BalanceOptions();

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "HTML file to write. Default: named after the run, in the current folder")
    @Nullable
    Path to;

    @Option(names = "--pictures", paramLabel = "FOLDER", description = "Also writes each picture to this folder.")
    @Nullable
    Path pictures;

    @Option(names = "--file", paramLabel = "PATH", description = "Export to draw from. Default: Kafka")
    @Nullable
    Path file;

    @Option(
            names = "--no-parameters",
            description = "Omits the figures of single parameters, which take the most time.")
    boolean noParameters;

    @Option(names = "--force", description = "Replaces a file that exists.")
    boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ExportTarget.requireDifferent(runs);
        balance.tolerance();
        Path target = to == null ? Path.of(String.join("-", runs) + ".html") : to;
        try (StopSignal stop = StopSignal.install(() -> {})) {
            Report report;
            try (UnfinishedFile page = UnfinishedFile.begin(target, force)) {
                report = draw(stop);
                Files.writeString(page.path(), report.html());
                page.finish();
            } catch (IOException e) {
                throw ExportTarget.refused("--to", target, e);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(target.toString());
            if (pictures != null) {
                try {
                    out.println(pictures + ": " + report.writePictures(pictures) + " pictures");
                } catch (IOException e) {
                    throw ExportTarget.refused("--pictures", pictures, e);
                }
            }
            return 0;
        }
    }

    private Report draw(StopSignal stop) throws Exception {
        List<Report.Source> sources = new ArrayList<>();
        Path folder = Files.createTempDirectory("lossledger-report");
        Path export = folder.resolve("runs.duckdb");
        try {
            if (file == null) {
                kafka.connect().close();
                List<List<String>> notes = export(export, stop);
                for (int i = 0; i < runs.size(); i++) {
                    sources.add(source(export, runs.get(i), notes.get(i), stop));
                }
            } else {
                for (String run : runs) {
                    sources.add(new Report.Source(TableQuery.open(file), run, null, null, List.of()));
                }
            }
            return Report.of(sources, balance.tolerance());
        } finally {
            for (Report.Source source : sources) {
                source.query().close();
            }
            Files.deleteIfExists(export);
            Files.delete(folder);
        }
    }

    private List<List<String>> export(Path export, StopSignal stop) throws IOException {
        List<List<String>> notes = new ArrayList<>();
        try (LedgerReader reader = LedgerReader.connect(kafka.clientConfig(), kafka.topicPrefix);
                TableExport tables = TableExport.create(export, ExportFormat.DUCKDB, false);
                RowProgress progress = new RowProgress(err(), stop)) {
            RunRows rows = new RunRows(reader, reader.runs());
            for (String run : runs) {
                notes.add(new ArrayList<>(rows.export(run, WITHOUT_PARAMETERS, tables, progress)));
            }
            tables.finish();
        }
        return notes;
    }

    private Report.Source source(Path export, String run, List<String> notes, StopSignal stop) throws Exception {
        TableQuery query = TableQuery.open(export);
        RunParameters parameters = noParameters
                ? RunParameters.NONE
                : RunParameters.read(kafka, run, Report.digest(query, run), stop, err());
        notes.addAll(parameters.notes());
        return new Report.Source(query, run, parameters.digest(), parameters.tracks(), notes);
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
