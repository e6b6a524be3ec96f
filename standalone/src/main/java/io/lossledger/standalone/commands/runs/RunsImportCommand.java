package io.lossledger.standalone.commands.runs;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.streams.archive.ArchiveFacts;
import io.lossledger.streams.archive.RunImport;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger runs import}. */
@Command(
        name = "import",
        description = "Brings a run from a file into Kafka, byte for byte.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The whole file is checked before anything is written. All records are written in",
            "one transaction. Until it is committed, readers of committed records wait. A",
            "processor then books the run like any other.",
            "",
            "Examples:",
            "  lossledger runs import digits-1.run",
            "  lossledger runs import digits-1.run --topic-prefix archive. --partitions 1"
        })
final class RunsImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "File that runs export has written.")
    Path file = Path.of("");

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Option(
            names = "--force",
            description = "Imports even if the run already exists, or if retention would remove its records.")
    boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.connect().close();
        EnumSet<LedgerTopic> needed = EnumSet.of(LedgerTopic.UPDATE, LedgerTopic.RUN);
        if (RunImport.hasTrajectory(file)) {
            needed.add(LedgerTopic.TRAJECTORY);
        }
        kafka.createTopics(topics.settings(kafka.topicPrefix), needed);
        CommandRights.require(spec);
        RunImport imported = new RunImport(kafka.clientConfig(), kafka.topicPrefix);
        ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        StopSignal stop = StopSignal.install(imported::stop);
        try {
            ArchiveFacts facts = imported.read(file, force, progress -> line.show(RunsExportCommand.text(progress)));
            line.clear();
            RunsExportCommand.tell("imported", facts, spec.commandLine().getOut());
            return 0;
        } catch (InterruptedException e) {
            line.clear();
            spec.commandLine().getErr().println("lossledger: stopped; nothing was imported");
            return ExitCode.FAILED;
        } catch (RuntimeException e) {
            line.clear();
            throw e;
        } finally {
            stop.close();
        }
    }
}
