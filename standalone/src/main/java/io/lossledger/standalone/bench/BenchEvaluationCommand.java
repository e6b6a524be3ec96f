package io.lossledger.standalone.bench;

import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.bench.EvaluationBenchmark;
import io.lossledger.trainer.bench.EvaluationSettings;
import io.lossledger.trainer.bench.Spread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench evaluation}: gradients alone, without training and without Kafka. */
@Command(
        name = "evaluation",
        description = {
            "Measures how long a gradient over a set of images takes, and one for each class."
                    + " tests/bench/evaluation compares it with PyTorch."
        },
        mixinStandardHelpOptions = true)
final class BenchEvaluationCommand implements Callable<Integer> {
    /** The compiler needs some evaluations until it has done its best. */
    private static final long WARM_UP_NANOS = 2_000_000_000L;

    private static final int LEAST_WARM_UP = 2;

    @Mixin
    BenchNetworkOptions network = new BenchNetworkOptions();

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Number of images. 0 means all in the folder, or as many as a training generates. Default: ${DEFAULT-VALUE}")
    int examples;

    @Option(
            names = "--chunk-examples",
            paramLabel = "N",
            description =
                    "Images that are evaluated together. With batch norm, its statistics are taken over them. Default: 500, or 250 for cifar-*")
    @Nullable
    Integer chunkExamples;

    @Option(names = "--float64", description = "Evaluates in float64. Default: float32")
    boolean float64;

    @Option(
            names = "--evaluator",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "auto",
            description = "Evaluators to measure, one or more of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    List<EvaluatorChoice> evaluators = List.of(EvaluatorChoice.AUTO);

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description = "Evaluations that are measured, after some to warm up. Default: ${DEFAULT-VALUE}")
    int rounds = 7;

    @Option(names = "--exchange", hidden = true)
    @Nullable
    Path exchange;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        UserException.requirePositive("--rounds", rounds);
        PrintWriter out = spec.commandLine().getOut();
        if (exchange == null) {
            out.println("| network | images | precision | threads | evaluator | gradient, median | images a second"
                    + " | one for each class, median | by one gradient |");
            out.println("|---|---|---|---|---|---|---|---|---|");
        }
        for (EvaluatorChoice evaluator : evaluators) {
            EvaluationSettings settings = settings(evaluator);
            try (EvaluationBenchmark benchmark = new EvaluationBenchmark(settings)) {
                if (exchange != null) {
                    EvaluationExchange answers = new EvaluationExchange(settings, benchmark, exchange);
                    answers.serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
                } else {
                    print(out, benchmark, settings);
                }
            }
        }
        return 0;
    }

    private EvaluationSettings settings(EvaluatorChoice evaluator) {
        return new EvaluationSettings(
                network.network,
                network.data(),
                examples,
                chunkExamples == null ? network.network.defaultChunkExamples() : chunkExamples,
                float64 ? ElementType.ELEMENT_TYPE_FLOAT64 : ElementType.ELEMENT_TYPE_FLOAT32,
                evaluator,
                network.threads(),
                network.seed);
    }

    private void print(PrintWriter out, EvaluationBenchmark benchmark, EvaluationSettings settings) {
        double gradient = median(benchmark::evaluate);
        double classes = median(benchmark::evaluateClasses);
        out.printf(
                Locale.ROOT,
                "| %s | %,d | %s | %d | %s | %.3f s | %,.0f | %.3f s | %.2f |%n",
                settings.network(),
                benchmark.sample().length,
                float64 ? "float64" : "float32",
                settings.threads(),
                benchmark.evaluator(),
                gradient,
                benchmark.sample().length / gradient,
                classes,
                classes / gradient);
        out.flush();
    }

    /** Seconds. */
    private double median(Supplier<EvaluationBenchmark.Result> evaluation) {
        long warm = 0;
        for (int round = 0; round < LEAST_WARM_UP || warm < WARM_UP_NANOS; round++) {
            warm += evaluation.get().nanos();
        }
        double[] seconds = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            seconds[round] = evaluation.get().nanos() / 1e9;
        }
        return Spread.of(seconds).median();
    }
}
