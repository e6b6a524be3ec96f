package io.lossledger.lca;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs {@link AllocationBenchmark} with JMH's own command line and prints GB of input per second and the ratios. */
final class AllocationBenchmarkLauncher {
    private AllocationBenchmarkLauncher() {}

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(args))
                        .include(AllocationBenchmark.class.getName())
                        .build())
                .run();
        Map<String, Map<String, Double>> table = new TreeMap<>();
        for (RunResult result : results) {
            String type = result.getParams().getParam("type");
            int count = Integer.parseInt(result.getParams().getParam("count"));
            double bytes = (double) AllocationBenchmark.VECTORS * count * AllocationBenchmark.bytes(type);
            table.computeIfAbsent(type + " x " + count, row -> new TreeMap<>())
                    .put(
                            result.getPrimaryResult().getLabel(),
                            result.getPrimaryResult().getScore() * bytes / 1e9);
        }
        table.forEach(AllocationBenchmarkLauncher::print);
    }

    private static void print(String row, Map<String, Double> gigabytes) {
        double allocate = gigabytes.getOrDefault("allocate", Double.NaN);
        double copy = gigabytes.getOrDefault("copy", Double.NaN);
        double copyToCache = gigabytes.getOrDefault("copyToCache", Double.NaN);
        System.out.printf(
                Locale.ROOT,
                "%s: allocate %.2f GB/s, copy %.2f GB/s, ratio %.2f; copyToCache %.2f GB/s, ratio %.2f%n",
                row,
                allocate,
                copy,
                allocate / copy,
                copyToCache,
                allocate / copyToCache);
    }
}
