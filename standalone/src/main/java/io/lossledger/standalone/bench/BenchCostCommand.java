package io.lossledger.standalone.bench;

import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.bench.CostBenchmark;
import io.lossledger.trainer.bench.RecordingBenchmark;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench cost}: trains with each kind of objective, into its own Kafka. */
@Command(
        name = "cost",
        description =
                "Measures the time of a step with each kind of objective, relative to a step without LossLedger, and the share not spent on gradients.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  lossledger bench cost", "  lossledger bench cost --record --steps 300"})
final class BenchCostCommand implements Callable<Integer> {
    private static final List<List<String>> OBJECTIVES = List.of(
            List.of("train"),
            List.of("validation"),
            List.of("classes"),
            List.of("train", "validation", "classes"),
            List.of("sampled"));
    private static final int PART = 1_000;

    @Mixin
    BenchOptions options = new BenchOptions();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description =
                    "Port of the benchmark's Kafka on this machine. 0 takes any free port. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(
            names = "--record",
            description = "Measures what train --record costs instead, in rounds without and with it.")
    boolean record;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "9",
            description = "Rounds of --record. Default: ${DEFAULT-VALUE}")
    int rounds = 9;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (rounds < 1) {
            throw new UserException("--rounds: must be at least 1. Found: " + rounds);
        }
        try (BenchKafka broker = BenchKafka.start(port, TopicSettings.DEFAULT)) {
            PublisherSettings publishing = new PublisherSettings(
                    TopicSettings.DEFAULT_PREFIX,
                    PublisherSettings.DEFAULT_CHUNK_BYTES,
                    PublisherSettings.DEFAULT_PATIENCE,
                    broker.clientConfig());
            if (record) {
                err.println("training in " + rounds + " rounds without and with recording ...");
                print(out, new RecordingBenchmark(options.settings(), publishing).run(rounds));
                return 0;
            }
            CostBenchmark benchmark = new CostBenchmark(options.settings(), publishing);
            out.println("| objectives | step | in plain steps | gradients a step | outside of evaluation |");
            out.println("|---|---|---|---|---|");
            err.println("training without a ledger ...");
            double plain = benchmark.plain().step().toNanos();
            out.printf(Locale.ROOT, "| none | %.1f ms | 1.0 | 0 | |%n", plain / 1e6);
            int run = 0;
            for (List<String> objectives : OBJECTIVES) {
                err.println("training with " + String.join(",", objectives) + " ...");
                print(out, benchmark.with("run-" + run++, objectives, 0), plain);
            }
            err.println("training with a part of the set ...");
            print(out, benchmark.with("run-" + run, List.of("train"), PART), plain);
        }
        return 0;
    }

    private static void print(PrintWriter out, RecordingBenchmark.Result result) {
        out.println("| steps | step | in plain steps | from | to | bytes a step | of a measured step's vectors |");
        out.println("|---|---|---|---|---|---|---|");
        out.printf(Locale.ROOT, "| plain | %.2f ms | 1.00 | | | | |%n", result.plainMillis());
        out.printf(
                Locale.ROOT,
                "| recorded | %.2f ms | %.2f | %.2f | %.2f | %.0f | %.0f %% |%n",
                result.recordedMillis(),
                result.ratio(),
                result.leastRatio(),
                result.mostRatio(),
                result.bytes(),
                100 * result.bytes() / result.updateBytes());
    }

    private static void print(PrintWriter out, CostBenchmark.Row row, double plain) {
        out.printf(
                Locale.ROOT,
                "| %s | %.1f ms | %.1f | %.1f | %.1f %% |%n",
                row.objectives(),
                row.step().toNanos() / 1e6,
                row.step().toNanos() / plain,
                row.gradients(),
                100 * row.shareOutside());
        out.flush();
    }
}
