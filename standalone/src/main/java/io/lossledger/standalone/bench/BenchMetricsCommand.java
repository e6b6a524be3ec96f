package io.lossledger.standalone.bench;

import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.http.ServedMetrics;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.metrics.MetricsBenchmark;
import io.lossledger.trainer.bench.Spread;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench metrics}: runs as they are trained, and a Prometheus that asks. */
@Command(
        name = "metrics",
        description = "Measures how large a scrape of /metrics is, how long it takes, and what metrics cost per step.",
        mixinStandardHelpOptions = true)
final class BenchMetricsCommand implements Callable<Integer> {
    private static final int WARM_UP = 30;
    private static final List<Integer> RUNS = List.of(1, 3);

    @Option(
            names = "--layers",
            paramLabel = "N",
            defaultValue = "100",
            description = "Layers of each model. Default: ${DEFAULT-VALUE}")
    int layers = 100;

    @Option(
            names = "--units",
            paramLabel = "N",
            defaultValue = "128",
            description = "Units of each layer. Default: ${DEFAULT-VALUE}")
    int units = 128;

    @Option(
            names = "--scrapes",
            paramLabel = "N",
            defaultValue = "50",
            description = "Scrapes that are measured, after some to warm up. Default: ${DEFAULT-VALUE}")
    int scrapes = 50;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() {
        require("--layers", layers);
        require("--units", units);
        require("--scrapes", scrapes);
        PrintWriter out = spec.commandLine().getOut();
        out.println("| runs | layers | series | bytes | scrape, median | a step's metrics, median |");
        out.println("|---|---|---|---|---|---|");
        for (int runs : RUNS) {
            measure(out, runs);
        }
        return 0;
    }

    private void measure(PrintWriter out, int runs) {
        ServedMetrics metrics = new ServedMetrics(TopicSettings.DEFAULT_PREFIX);
        try (metrics;
                MetricsBenchmark benchmark = new MetricsBenchmark(metrics.registry(), runs, layers, units)) {
            double[] scrapeNanos = new double[scrapes];
            double[] stepNanos = new double[scrapes];
            String scrape = "";
            for (int i = -WARM_UP; i < scrapes; i++) {
                double shown = (double) benchmark.step() / runs;
                long start = System.nanoTime();
                scrape = metrics.scrape();
                if (i >= 0) {
                    scrapeNanos[i] = System.nanoTime() - start;
                    stepNanos[i] = shown;
                }
            }
            out.printf(
                    Locale.ROOT,
                    "| %d | %d | %,d | %,d | %.1f ms | %.2f ms |%n",
                    runs,
                    layers,
                    scrape.lines().filter(line -> !line.startsWith("#")).count(),
                    scrape.getBytes(StandardCharsets.UTF_8).length,
                    Spread.of(scrapeNanos).median() / 1e6,
                    Spread.of(stepNanos).median() / 1e6);
            out.flush();
        }
    }

    private static void require(String option, int value) {
        if (value < 1) {
            throw new UserException(option + ": must be at least 1. Found: " + value);
        }
    }
}
