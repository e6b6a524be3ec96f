package io.lossledger.standalone.commands.runs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lossledger runs}: what there is, and what to do with it. */
@Command(
        name = "runs",
        description = "Lists runs, shows one, ends or deletes it, and moves its raw records between Kafkas.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RunsListCommand.class,
            RunsShowCommand.class,
            RunsExportCommand.class,
            RunsImportCommand.class,
            RunsEndCommand.class,
            RunsDeleteCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  lossledger runs list",
            "  lossledger runs show digits-1",
            "  lossledger runs export digits-1 digits-1.run",
            "  lossledger runs import digits-1.run --bootstrap-server kafka:9092",
            "  lossledger runs end digits-1",
            "  lossledger runs delete digits-1"
        })
public final class RunsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a subcommand is missing: list, show, export, import, end or delete");
    }
}
