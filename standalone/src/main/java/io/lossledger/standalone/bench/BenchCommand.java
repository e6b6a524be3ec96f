package io.lossledger.standalone.bench;

import io.lossledger.protocol.v1.ElementType;
import io.lossledger.standalone.terminal.Ticker;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.bench.AccuracyBenchmark;
import io.lossledger.trainer.bench.SampledBenchmark;
import io.lossledger.trainer.bench.WindowErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lossledger bench}: the tables of docs/benchmarks.md, measured on this machine. */
@Command(
        name = "bench",
        description =
                "Measures on this machine how accurate the ledger is, what it costs and how fast. Prints Markdown tables.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BenchEvaluationCommand.class,
            BenchCostCommand.class,
            BenchMeasureCommand.class,
            BenchThroughputCommand.class,
            BenchLatencyCommand.class,
            BenchMemoryCommand.class,
            BenchReplayCommand.class,
            BenchMetricsCommand.class,
            BenchPageCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  lossledger bench accuracy --steps 100 --objective-size 1000",
            "  lossledger bench sampled --steps 1000 --optimizer sgd,momentum",
            "  lossledger bench evaluation --network mnist-lenet --examples 2000",
            "  lossledger bench cost --steps 200",
            "  lossledger bench measure --rounds 5",
            "  lossledger bench throughput --mib 512",
            "  lossledger bench latency --rate 50",
            "  lossledger bench memory --steps 100000",
            "  lossledger bench replay --mib 512",
            "  lossledger bench metrics --layers 100",
            "  lossledger bench page --steps 10000 --layers 100"
        })
public final class BenchCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a benchmark is missing: accuracy, sampled, evaluation, cost, measure, throughput, latency, memory, replay, metrics or page");
    }

    @Command(
            name = "accuracy",
            description = "Measures residuals with first order, one RK4 step and refinement, in float32 and float64.",
            mixinStandardHelpOptions = true)
    int accuracy(
            @Mixin BenchOptions options,
            @Option(
                            names = "--optimizer",
                            paramLabel = "NAME",
                            split = ",",
                            defaultValue = "sgd,momentum,adam",
                            description = "Optimizers to measure. Default: ${DEFAULT-VALUE}")
                    List<Optimizer> optimizers)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        AccuracyBenchmark benchmark = new AccuracyBenchmark(options.settings());
        out.println("| optimizer | rule | evaluation | gradients a step | residual, median | residual, max"
                + " | cumulated | capped steps |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (Optimizer optimizer : optimizers) {
            for (AccuracyBenchmark.Row row : benchmark.run(optimizer, progress(optimizer, options.steps))) {
                out.printf(
                        Locale.ROOT,
                        "| %s | %s | %s | %.1f | %.1e | %.1e | %.1e | %d |%n",
                        row.optimizer(),
                        row.rule(),
                        row.type() == ElementType.ELEMENT_TYPE_FLOAT64 ? "float64" : "float32",
                        row.gradients(),
                        row.median(),
                        row.max(),
                        row.cumulated(),
                        row.capped());
            }
        }
        return 0;
    }

    @Command(
            name = "sampled",
            description = {
                "Measures what the sampled objective costs, how far it is from the full set, how far the step's own minibatch is,"
                        + " and how often the 95 %% interval covers the truth."
            },
            mixinStandardHelpOptions = true)
    int sampled(
            @Mixin BenchOptions options,
            @Option(
                            names = "--optimizer",
                            paramLabel = "NAME",
                            split = ",",
                            defaultValue = "sgd,momentum",
                            description = "Optimizers to measure. Default: ${DEFAULT-VALUE}")
                    List<Optimizer> optimizers,
            @Option(
                            names = "--replicates",
                            paramLabel = "N",
                            defaultValue = "4",
                            description = "Independent samples in each step. Default: ${DEFAULT-VALUE}")
                    int replicates)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        SampledBenchmark benchmark = new SampledBenchmark(options.settings(), replicates);
        out.println(
                "| optimizer | estimate | cost in plain steps | window | error | bias | coverage of 95 % | intervals |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (Optimizer optimizer : optimizers) {
            SampledBenchmark.Result result = benchmark.run(optimizer, progress(optimizer, options.steps));
            String cost = String.format(Locale.ROOT, "%.1f", result.plainSteps());
            print(out, optimizer, "sampled", cost, result.sampled());
            print(out, optimizer, "own minibatch", "", result.ownBatch());
            print(out, optimizer, "own and next minibatch", "", result.ownAndNext());
            out.printf(Locale.ROOT, "| %s | full set | %.1f | | 0 | 0 | | |%n", optimizer, result.fullPlainSteps());
        }
        return 0;
    }

    private static void print(
            PrintWriter out, Optimizer optimizer, String estimate, String cost, List<WindowErrors.Row> rows) {
        for (WindowErrors.Row row : rows) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s | %d | %.1f %% | %.1f %% | %s | %s |%n",
                    optimizer,
                    estimate,
                    cost,
                    row.window(),
                    100 * row.error(),
                    100 * row.bias(),
                    row.intervals() == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * row.coverage()),
                    row.intervals() == 0 ? "" : row.intervals());
        }
        out.flush();
    }

    private IntConsumer progress(Optimizer optimizer, int steps) {
        PrintWriter err = spec.commandLine().getErr();
        Ticker ticker = new Ticker();
        return step -> {
            if (ticker.isDue()) {
                err.print("\r" + optimizer + ": step " + (step + 1) + " of " + steps + " ");
                err.flush();
            }
            if (step == steps - 1) {
                err.print("\r" + " ".repeat(40) + "\r");
                err.flush();
            }
        };
    }
}
