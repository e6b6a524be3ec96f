package io.lossledger.standalone.bench;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.Replay;
import io.lossledger.streams.replay.ReplayReport;
import io.lossledger.streams.replay.ReplaySettings;
import io.lossledger.streams.replay.RowSink;
import io.lossledger.streams.replay.TopicSink;
import io.lossledger.trainer.bench.Spread;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench replay}: the same topic read and replayed, in turn. */
@Command(
        name = "replay",
        description = {
            "Compares, in turn, how fast a run is replayed without and with writing its rows, and how fast a consumer reads its"
                    + " topic. Prints medians, and the spread of the ratios. Real time is that of a training with 20 steps per second."
        },
        mixinStandardHelpOptions = true)
final class BenchReplayCommand implements Callable<Integer> {
    private static final int REAL_STEPS_PER_SECOND = 20;

    @Option(
            names = "--mib",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Size of each topic in MiB. Default: ${DEFAULT-VALUE}")
    int mib = 1024;

    @Option(
            names = "--chunk-kib",
            paramLabel = "N",
            split = ",",
            defaultValue = "64,256",
            description = "Sizes of chunks in KiB, one topic each. Default: ${DEFAULT-VALUE}")
    List<Integer> chunkKib = List.of(64, 256);

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Number of rounds, after one that warms up. Default: ${DEFAULT-VALUE}")
    int rounds = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // set when the command is called
    private ProgressLine line;

    private long steps;

    @Override
    public Integer call() throws Exception {
        line = new ProgressLine(spec.commandLine().getErr());
        UserException.requirePositive("--mib", mib);
        UserException.requirePositive("--rounds", rounds);
        chunkKib.forEach(kib -> UserException.requirePositive("--chunk-kib", kib));
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "| chunks | read | replayed | replayed / read | from | to | into topics | into topics / read | from | to"
                        + " | steps a second | times real time |");
        out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (int kib : chunkKib) {
            try (BenchKafka kafka = BenchKafka.start(0, TopicSettings.DEFAULT)) {
                measure(kafka, kib, out);
            }
        }
        return 0;
    }

    private void measure(BenchKafka kafka, int kib, PrintWriter out) throws Exception {
        long bytes = BenchTopic.fill(kafka, kib, mib, line);
        List<Double> read = new ArrayList<>();
        List<Double> replayed = new ArrayList<>();
        List<Double> written = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            line.show(kib + " KiB, round " + round + " of " + rounds);
            long start = System.nanoTime();
            BenchTopic.read(kafka);
            double readSeconds = (System.nanoTime() - start) / 1e9;
            double replaySeconds = replay(kafka, (topic, key, row, timestamp) -> {});
            double writeSeconds = write(kafka, "round-" + round + ".");
            if (round > 0) {
                read.add(readSeconds);
                replayed.add(replaySeconds);
                written.add(writeSeconds);
            }
        }
        line.clear();
        double intoTopics = Spread.of(written).median();
        Spread ofReplay = Spread.ofRatios(read, replayed);
        Spread ofTopics = Spread.ofRatios(read, written);
        out.printf(
                Locale.ROOT,
                "| %d KiB | %.0f MiB/s | %.0f MiB/s | %.2f | %.2f | %.2f | %.0f MiB/s | %.2f | %.2f | %.2f | %.0f | %.1f |%n",
                kib,
                bytes / Spread.of(read).median() / BenchTopic.MIB,
                bytes / Spread.of(replayed).median() / BenchTopic.MIB,
                ofReplay.median(),
                ofReplay.least(),
                ofReplay.most(),
                bytes / intoTopics / BenchTopic.MIB,
                ofTopics.median(),
                ofTopics.least(),
                ofTopics.most(),
                steps / intoTopics,
                steps / intoTopics / REAL_STEPS_PER_SECOND);
        out.flush();
    }

    private double write(BenchKafka kafka, String prefix) throws Exception {
        TopicSettings defaults = TopicSettings.DEFAULT;
        try (Admin admin = Admin.create(kafka.clientConfig())) {
            TopicCreator.createMissing(
                    admin,
                    new TopicSettings(
                            prefix,
                            defaults.partitions(),
                            defaults.replicationFactor(),
                            defaults.rawRetention(),
                            defaults.rawRetentionBytes(),
                            defaults.maxMessageBytes()));
        }
        try (TopicSink sink = TopicSink.open(kafka.clientConfig(), prefix, RowFormat.JSON, prefix)) {
            return replay(kafka, sink);
        }
    }

    /** Seconds from when it is asked for until it is committed. */
    private double replay(BenchKafka kafka, RowSink sink) throws InterruptedException {
        ReplaySettings settings = new ReplaySettings(
                TopicSettings.DEFAULT_PREFIX,
                new TreeSet<>(List.of(BenchTopic.RUN)),
                StepRange.ALL,
                Optional.empty(),
                ResultSettings.DEFAULT,
                false);
        long start = System.nanoTime();
        ReplayReport report = new Replay(settings, kafka.clientConfig(), sink).run(progress -> {});
        steps = report.progress().steps();
        return (System.nanoTime() - start) / 1e9;
    }
}
