package io.lossledger.standalone.commands;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.archive.RunRelay;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger relay}. */
@Command(
        name = "relay",
        description = "Publishes runs from the files that their trainers write, during the training or later.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "For trainers that cannot reach Kafka: they write into a file, and this command",
            "publishes it from a machine that sees both. Relay a file as often as you like:",
            "what has been booked is skipped. If Kafka takes nothing for two minutes, the",
            "command fails; start it again then. Exit code 0: the files are published to",
            "their ends; 4: a file has no end yet; 5: records break the contract.",
            "",
            "Examples:",
            "  lossledger relay run.ll                  what is in the file now",
            "  lossledger relay --follow runs/*.ll      until each training has ended"
        })
public final class RelayCommand implements Callable<Integer> {
    private static final int PAUSE_MILLIS = 200;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files that trainers write.")
    List<Path> files = new ArrayList<>();

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Option(names = "--follow", description = "Waits for more, until the training of every file has ended.")
    boolean follow;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        kafka.createTopics(topics.settings(kafka.topicPrefix), EnumSet.of(LedgerTopic.UPDATE, LedgerTopic.RUN));
        CommandRights.require(spec);
        List<RunRelay> relays = new ArrayList<>();
        StopSignal stop = StopSignal.install(() -> {});
        try {
            Map<String, Path> byRun = new HashMap<>();
            for (Path file : files) {
                RunRelay relay = new RunRelay(kafka.clientConfig(), kafka.topicPrefix, file);
                relays.add(relay);
                Path other = byRun.putIfAbsent(relay.run(), file);
                if (other != null) { // Kafka does not know the first one yet
                    throw new UserException("FILE: must be files of different runs. Found: " + other + " and " + file
                            + ", both of run " + relay.run());
                }
            }
            publish(relays, stop);
            return report(relays);
        } finally {
            relays.forEach(RunRelay::close);
            stop.close();
        }
    }

    private void publish(List<RunRelay> relays, StopSignal stop) throws InterruptedException {
        ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        try {
            boolean goesOn = true;
            while (goesOn && !stop.isAsked()) {
                boolean advanced = false;
                for (RunRelay relay : relays) {
                    advanced |= relay.advance();
                }
                line.show(relays.stream().map(RelayCommand::progress).collect(Collectors.joining(", ")));
                goesOn = advanced || (follow && !relays.stream().allMatch(RelayCommand::isComplete));
                if (!advanced && goesOn) {
                    stop.awaitAsked(PAUSE_MILLIS);
                }
            }
            relays.forEach(RunRelay::flush);
        } finally {
            line.clear();
        }
    }

    /** No more can be booked of a run that someone has closed. */
    private static boolean isComplete(RunRelay relay) {
        return relay.isWhole() || relay.isEnded();
    }

    private static String progress(RunRelay relay) {
        return relay.run() + " " + Math.round(100 * relay.fraction()) + " % of its file";
    }

    private int report(List<RunRelay> relays) {
        PrintWriter err = spec.commandLine().getErr();
        int code = 0;
        for (RunRelay relay : relays) {
            spec.commandLine().getOut().println("relayed " + relay.run() + ": " + relay.acknowledged() + " records");
            if (relay.invalid() > 0) {
                err.println("lossledger: run " + relay.run() + ": " + relay.invalid()
                        + " records break the contract and were not published; the first: " + relay.firstInvalid());
                code = ExitCode.NOT_BOOKED;
            }
            if (!isComplete(relay)) {
                err.println(
                        "lossledger: run " + relay.run() + " is still open: its file has no end yet. Go on with relay"
                                + " --follow, or close it with lossledger runs end " + relay.run());
                code = code == 0 ? ExitCode.RECORDS_LOST : code;
            }
        }
        return code;
    }
}
