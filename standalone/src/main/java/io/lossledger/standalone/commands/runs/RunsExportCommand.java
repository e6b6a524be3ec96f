package io.lossledger.standalone.commands.runs;

import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.streams.archive.ArchiveFacts;
import io.lossledger.streams.archive.RunExport;
import io.lossledger.streams.archive.TransferProgress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger runs export}. */
@Command(
        name = "export",
        description = "Writes the raw records of a run and its manifest into a file.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The file appears under its name only when it is complete. It holds what the",
            "trainer sent, not the results: lossledger replay computes those again. Of a run",
            "that is still in progress, the file holds the records so far.",
            "",
            "Examples:",
            "  lossledger runs export digits-1 digits-1.run"
        })
final class RunsExportCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    String run = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "File to write.")
    Path file = Path.of("");

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--force", description = "Replaces a file that exists.")
    boolean force;

    @Option(names = "--partial", description = "Exports the rest if retention has removed the first steps.")
    boolean partial;

    @Option(names = "--trajectory", description = "Exports the recorded trajectory too, for an import as a whole.")
    boolean trajectory;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.connect().close();
        RunExport export = new RunExport(kafka.clientConfig(), kafka.topicPrefix, run);
        ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        StopSignal stop = StopSignal.install(export::stop);
        try {
            ArchiveFacts facts = export.write(file, force, partial, trajectory, progress -> line.show(text(progress)));
            line.clear();
            tell("exported", facts, spec.commandLine().getOut());
            return 0;
        } catch (InterruptedException e) {
            line.clear();
            spec.commandLine().getErr().println("lossledger: stopped; nothing was written");
            return ExitCode.FAILED;
        } catch (RuntimeException e) {
            line.clear();
            throw e;
        } finally {
            stop.close();
        }
    }

    static void tell(String what, ArchiveFacts facts, PrintWriter out) {
        out.printf(Locale.ROOT, "%s: run=%s records=%d bytes=%d%n", what, facts.run(), facts.records(), facts.bytes());
    }

    static String text(TransferProgress progress) {
        return String.format(
                Locale.ROOT,
                "%s: %.0f MiB%s",
                progress.what(),
                progress.bytes() / MIB,
                progress.fraction() > 0 ? String.format(Locale.ROOT, ", %.0f %%", 100 * progress.fraction()) : "");
    }
}
