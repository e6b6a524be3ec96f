package io.lossledger.standalone.commands.runs;

import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.RequestOptions;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.terminal.RunLine;
import io.lossledger.standalone.terminal.UserException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger runs end}. */
@Command(
        name = "end",
        description = "Ends a run whose trainer is gone, so that its books are closed.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A trainer that is killed leaves its run open. This command closes the run with",
            "the steps that arrived. Its status is interrupted, unless the trainer could",
            "still report another. Records that the trainer sends later are not booked. The",
            "command judges by the times of the records whether the trainer has stopped, so",
            "the trainer's clock must be right to within a minute.",
            "",
            "Examples:",
            "  lossledger runs end digits-1"
        })
final class RunsEndCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    String run = "";

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    RequestOptions request = new RequestOptions();

    @Option(
            names = "--force",
            description =
                    "Ends the run even if its trainer sent something within the last minute. Closes the books of a"
                            + " recorded run, too, although workers have not measured all of it.")
    boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.connect().close();
        CommandRights.require(spec);
        RunEnding ending = new RunEnding(
                kafka.clientConfig(),
                kafka.topicPrefix,
                request,
                spec.commandLine().getErr());
        RunManifest manifest = ending.manifest(run);
        if (!force && !ending.isSilent(run)) {
            throw new UserException(
                    "RUN: must have sent no record for a minute, because its trainer may still be running (--force ends it"
                            + " anyway). Found: " + run + " has newer records");
        }
        RunEnding.Ended ended = ending.end(manifest, force);
        @Nullable WindowRow closing = ended.closing();
        PrintWriter out = spec.commandLine().getOut();
        out.println("ended: run=" + run + " status="
                + RunLine.status(ended.manifest().getStatus()));
        out.println(
                closing == null
                        ? ending.unanswered(ended.manifest())
                        : "booked: steps=" + closing.getSteps() + " missing=" + closing.getMissingSteps());
        return 0;
    }
}
