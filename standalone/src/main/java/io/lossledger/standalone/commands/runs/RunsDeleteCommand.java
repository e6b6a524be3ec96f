package io.lossledger.standalone.commands.runs;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.RequestOptions;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.raw.ChosenRuns;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger runs delete}. */
@Command(
        name = "delete",
        description = "Deletes runs, as far as Kafka can, and says what was deleted.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The command asks a processor to remove the run from its books and to refuse its",
            "later records. Lists and the live page no longer show the run. Only its id is",
            "kept, and cannot be used again. Records of the named runs are deleted where they",
            "are at the beginning of a partition. Records behind those of other runs stay",
            "until the topic's retention removes them. Dead letters stay, too.",
            "",
            "Examples:",
            "  lossledger runs delete digits-1",
            "  lossledger runs delete digits-1 digits-2 --yes"
        })
final class RunsDeleteCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Ids of the runs.")
    List<String> runs = List.of();

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    RequestOptions request = new RequestOptions();

    @Option(names = "--yes", description = "Does not ask for confirmation.")
    boolean yes;

    @Option(names = "--force", description = "Deletes even a run that is in progress or never ended.")
    boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.connect().close();
        CommandRights.require(spec);
        Map<String, Object> client = kafka.clientConfig();
        SortedMap<String, RunManifest> chosen = ChosenRuns.read(client, kafka.topicPrefix, runs);
        for (RunManifest run : chosen.values()) {
            if (!force && run.getStatus() == RunStatus.RUN_STATUS_RUNNING) {
                throw new UserException(
                        "RUN: must have ended (--force deletes it anyway). Found: " + run.getRun() + " is running");
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (!yes && !isConfirmed(String.join(", ", chosen.keySet()))) {
            out.println("nothing was deleted");
            return ExitCode.FAILED;
        }
        RunRemoval.Removed removed = new RunRemoval(
                        client, kafka.topicPrefix, request, spec.commandLine().getErr())
                .remove(chosen);
        out.println("deleted: runs=" + String.join(",", chosen.keySet()) + " from "
                + LedgerTopic.RUN.named(kafka.topicPrefix));
        removed.offsets()
                .forEach((topic, offsets) -> out.println(topic + ": "
                        + (offsets == 0
                                ? "nothing, because records of other runs come first or the topic has none of these runs"
                                : offsets + " offsets at the beginning of its partitions")));
        out.println(
                removed.answered()
                        ? "a processor has removed the deleted runs from its books"
                        : request.unanswered(kafka.topicPrefix));
        out.println("records behind those of other runs stay until retention removes them");
        return 0;
    }

    private static boolean isConfirmed(String names) {
        @SuppressWarnings("SystemConsoleNull") // from Java 22 on a pipe is asked as well, and its end is a no
        Console console = System.console();
        if (console == null) {
            throw new UserException(
                    "--yes: must be set if there is no terminal for the confirmation. Found: no terminal");
        }
        @Nullable String answer = console.readLine("Delete %s for good? [y/N] ", names);
        return answer != null && answer.strip().equalsIgnoreCase("y");
    }
}
