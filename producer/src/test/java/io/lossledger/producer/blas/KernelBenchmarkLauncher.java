package io.lossledger.producer.blas;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs {@link KernelBenchmark} with JMH's own command line and prints times and ratios. */
final class KernelBenchmarkLauncher {
    private KernelBenchmarkLauncher() {}

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        Map<String, Map<String, Double>> table = new LinkedHashMap<>();
        for (RunResult result : new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(args))
                        .include(KernelBenchmark.class.getName())
                        .build())
                .run()) {
            String row = result.getParams().getParam("kernel") + " | "
                    + result.getParams().getParam("type");
            table.computeIfAbsent(row, key -> new LinkedHashMap<>())
                    .put(
                            result.getPrimaryResult().getLabel(),
                            result.getPrimaryResult().getScore());
        }
        System.out.println("| kernel | precision | engine, µs | plain loops, µs | times faster |");
        System.out.println("|---|---|---|---|---|");
        table.forEach((row, micros) -> {
            double engine = micros.getOrDefault("engine", Double.NaN);
            double oracle = micros.getOrDefault("oracle", Double.NaN);
            System.out.printf(Locale.ROOT, "| %s | %.0f | %.0f | %.1f |%n", row, engine, oracle, oracle / engine);
        });
    }
}
