package io.lossledger.standalone;

import io.lossledger.standalone.bench.BenchCommand;
import io.lossledger.standalone.commands.BrokerCommand;
import io.lossledger.standalone.commands.CheckCommand;
import io.lossledger.standalone.commands.DemoCommand;
import io.lossledger.standalone.commands.ExportCommand;
import io.lossledger.standalone.commands.LiveCommand;
import io.lossledger.standalone.commands.ProcessCommand;
import io.lossledger.standalone.commands.RelayCommand;
import io.lossledger.standalone.commands.ReplayCommand;
import io.lossledger.standalone.commands.ReportCommand;
import io.lossledger.standalone.commands.RightsCommand;
import io.lossledger.standalone.commands.SqlCommand;
import io.lossledger.standalone.commands.TailCommand;
import io.lossledger.standalone.commands.TopicsCommand;
import io.lossledger.standalone.commands.TrainCommand;
import io.lossledger.standalone.commands.runs.RunsCommand;
import io.lossledger.standalone.options.GroupedHelp;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.KafkaFaults;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.standalone.terminal.Version;
import io.lossledger.standalone.worker.MeasureCommand;
import io.lossledger.trainer.data.DataSetException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code lossledger} command. */
@Command(
        name = "lossledger",
        description = "Books every change of the training loss to the parameters that caused it, live, through Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            BrokerCommand.class,
            TrainCommand.class,
            MeasureCommand.class,
            ProcessCommand.class,
            LiveCommand.class,
            TopicsCommand.class,
            TailCommand.class,
            ExportCommand.class,
            SqlCommand.class,
            ReportCommand.class,
            ReplayCommand.class,
            RunsCommand.class,
            CheckCommand.class,
            RelayCommand.class,
            RightsCommand.class,
            BenchCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:an unexpected error",
            "2:an option or setting is wrong; the message names it",
            "3:the books do not balance",
            "4:steps could not be measured, or did not reach Kafka; the output says how many",
            "5:records could not be booked, or break the contract; the output says how many"
        },
        footer = {
            "",
            "Examples:",
            "  lossledger demo                    everything in one process, with a live page",
            "  lossledger live                    the live page for any Kafka",
            "  lossledger tail layer              rows as JSON lines",
            "  lossledger report RUN              a run as a page of figures",
            "  lossledger COMMAND --help          options and examples of a command"
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    private Main() {}

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        int exitCode = ExitCode.FAILED;
        if (args.length > 0 && args[0].equals("process")) {
            // A service logs what it does; must be set before the first logger is created.
            System.setProperty("lossledger.log", "info");
        }
        try {
            exitCode = commandLine().execute(args);
        } catch (Throwable e) { // out of memory, or a native library that is missing
            System.err.println("lossledger: " + e);
        }
        System.exit(exitCode);
    }

    /** The command with all its subcommands, as the shell runs it: options, help and errors. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setOut(utf8(FileDescriptor.out));
        line.setErr(utf8(FileDescriptor.err));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        GroupedHelp.install(line);
        line.setParameterExceptionHandler(Main::usageError);
        line.setExecutionExceptionHandler((fault, command, parsed) -> executionError(fault, command));
        IExitCodeExceptionMapper codes =
                fault -> fault instanceof ParameterException ? ExitCode.USAGE : ExitCode.FAILED;
        line.setExitCodeExceptionMapper(codes);
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: demo, broker, train, measure, process, live, topics, tail, export, sql, report, replay, runs,"
                        + " check, relay, rights or bench");
    }

    private static int usageError(ParameterException fault, String[] args) {
        CommandLine command = fault.getCommandLine();
        command.getErr()
                .println("lossledger: " + fault.getMessage() + " (see "
                        + command.getCommandSpec().qualifiedName() + " --help)");
        return ExitCode.USAGE;
    }

    private static int executionError(Exception fault, CommandLine command) {
        Optional<String> kafkas =
                CommandRights.missing(command.getCommandSpec(), fault).or(() -> KafkaFaults.ofUser(fault));
        command.getErr().println("lossledger: " + oneLine(kafkas.orElseGet(() -> message(fault))));
        boolean usersMistake = fault instanceof UserException
                || fault instanceof IllegalArgumentException
                || fault instanceof DataSetException
                || kafkas.isPresent();
        if (usersMistake) {
            return ExitCode.USAGE;
        }
        LoggerFactory.getLogger(Main.class).debug("Failed", fault);
        return ExitCode.FAILED;
    }

    private static String message(Exception fault) {
        return fault.getMessage() == null ? fault.toString() : fault.getMessage();
    }

    private static String oneLine(String message) {
        return message.replace("\n", " ");
    }

    /** The table uses Σ, whatever the locale says. */
    private static PrintWriter utf8(FileDescriptor stream) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(stream), StandardCharsets.UTF_8), true);
    }
}
