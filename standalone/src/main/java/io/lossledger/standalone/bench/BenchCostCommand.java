package io.lossledger.standalone.bench;

import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.bench.CostBenchmark;
import io.lossledger.trainer.bench.CostBenchmark.Kind;
import io.lossledger.trainer.bench.RecordingBenchmark;
import io.lossledger.trainer.bench.Spread;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
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
        footer = {
            "",
            "Examples:",
            "  lossledger bench cost",
            "  lossledger bench cost --objective sampled --steps 600",
            "  lossledger bench cost --record --steps 300"
        })
final class BenchCostCommand implements Callable<Integer> {
    private static final int PART = 1_000;
    private static final long KEPT_BYTES = 128 << 20;
    private static final List<Kind> KINDS = List.of(
            all("train"),
            all("validation"),
            all("classes"),
            all("train", "validation", "classes"),
            new Kind(List.of("train"), PART, UpdateForm.VECTORS),
            all("sampled"),
            new Kind(List.of("sampled"), 0, UpdateForm.SUMS));

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
            names = "--objective",
            paramLabel = "NAME[,NAME...]",
            description =
                    "Objectives of a step, as in 'train'; each --objective adds two rows, one for vectors and one for"
                            + " sums. Default: a selection")
    List<String> objectives = List.of();

    @Option(
            names = "--record",
            description = "Measures what train --record costs instead, in rounds without and with it.")
    boolean record;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds, each with every kind of step in turn. Default: ${DEFAULT-VALUE}")
    int rounds = 5;

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
        try (BenchKafka broker = BenchKafka.start(port, topics())) {
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
            ProgressLine line = new ProgressLine(err);
            List<CostBenchmark.Row> rows =
                    new CostBenchmark(options.settings(), publishing).run(rounds, kinds(), line::show);
            line.clear();
            out.println(
                    "| objectives | step | in plain steps | from | to | gradients a step | outside of evaluation | from | to |");
            out.println("|---|---|---|---|---|---|---|---|---|");
            rows.forEach(row -> print(out, row));
        }
        return 0;
    }

    /** Nobody reads the vectors, which would fill the disk with 3 GB for 100 steps of each kind. */
    private static TopicSettings topics() {
        TopicSettings defaults = TopicSettings.DEFAULT;
        return new TopicSettings(
                defaults.prefix(),
                defaults.partitions(),
                defaults.replicationFactor(),
                defaults.rawRetention(),
                KEPT_BYTES,
                defaults.maxMessageBytes());
    }

    private List<Kind> kinds() {
        return objectives.isEmpty()
                ? KINDS
                : objectives.stream()
                        .map(names -> List.of(StringUtils.split(names, ',')))
                        .flatMap(names -> Stream.of(
                                new Kind(names, sizeOf(names), UpdateForm.VECTORS),
                                new Kind(names, sizeOf(names), UpdateForm.SUMS)))
                        .toList();
    }

    /** Samples are drawn from the whole set. */
    private int sizeOf(List<String> names) {
        return names.equals(List.of("sampled")) ? 0 : options.objectiveSize;
    }

    private static Kind all(String... objectives) {
        return new Kind(List.of(objectives), 0, UpdateForm.VECTORS);
    }

    private static void print(PrintWriter out, RecordingBenchmark.Result result) {
        out.println("| steps | step | in plain steps | from | to | bytes a step | of a measured step's vectors |");
        out.println("|---|---|---|---|---|---|---|");
        out.printf(
                Locale.ROOT,
                "| plain | %.2f ms | 1.00 | | | | |%n",
                result.plainMillis().median());
        out.printf(
                Locale.ROOT,
                "| recorded | %.2f ms | %.2f | %.2f | %.2f | %.0f | %.0f %% |%n",
                result.recordedMillis().median(),
                result.ratio().median(),
                result.ratio().least(),
                result.ratio().most(),
                result.bytes(),
                100 * result.bytes() / result.updateBytes());
    }

    private static void print(PrintWriter out, CostBenchmark.Row row) {
        out.printf(
                Locale.ROOT,
                "| %s | %.1f ms | %.2f | %.2f | %.2f | %.1f ",
                row.kind(),
                row.stepMillis().median(),
                row.ratio().median(),
                row.ratio().least(),
                row.ratio().most(),
                row.gradients());
        Spread outside = row.outside();
        out.println(
                row.gradients() == 0
                        ? "| | | |"
                        : String.format(
                                Locale.ROOT,
                                "| %.1f %% | %.1f %% | %.1f %% |",
                                100 * outside.median(),
                                100 * outside.least(),
                                100 * outside.most()));
        out.flush();
    }
}
