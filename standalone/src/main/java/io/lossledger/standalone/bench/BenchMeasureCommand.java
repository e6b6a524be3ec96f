package io.lossledger.standalone.bench;

import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.bench.Spread;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench measure}: one recorded run, measured by one worker and by two, in turn. */
@Command(
        name = "measure",
        description = {
            "Records one training of mnist-fc. Then compares, in turn, how fast one worker and two workers measure it, each a"
                    + " process of its own with one thread. Also prints how much is sent for a step."
        },
        mixinStandardHelpOptions = true)
final class BenchMeasureCommand implements Callable<Integer> {
    private static final String RECORDED = "recorded";
    private static final int BLOCK = 16;
    private static final int FEWEST_BLOCKS = 3;
    private static final int MOST_WORKERS = 2;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1536",
            description = "Number of optimizer steps. At a multiple of 192, two workers have the same number of blocks."
                    + " Default: ${DEFAULT-VALUE}")
    int steps = 1_536;

    @Option(
            names = "--objective-size",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Images in the objective. 0 means all images. Default: ${DEFAULT-VALUE}")
    int objectiveSize = 5_000;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Number of rounds. Default: ${DEFAULT-VALUE}")
    int rounds = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (steps < FEWEST_BLOCKS * BLOCK) {
            throw new UserException("--steps: must be at least " + FEWEST_BLOCKS * BLOCK + ". Found: " + steps);
        }
        UserException.requirePositive("--rounds", rounds);
        try (BenchKafka kafka = BenchKafka.start(0, TopicSettings.DEFAULT)) {
            measure(kafka, new ProgressLine(spec.commandLine().getErr()));
        }
        return 0;
    }

    private void measure(BenchKafka kafka, ProgressLine line) throws IOException, InterruptedException {
        line.show("recording the training");
        record(kafka);
        List<List<Double>> speeds = List.of(new ArrayList<>(), new ArrayList<>());
        List<Double> ratios = new ArrayList<>();
        long sums = 0;
        for (int round = 1; round <= rounds; round++) {
            for (int workers = 1; workers <= MOST_WORKERS; workers++) {
                line.show("round " + round + " of " + rounds + ", workers: " + workers);
                MeasuredRun measured = measure(kafka, "round-" + round + "-" + workers, workers, UpdateForm.SUMS);
                speeds.get(workers - 1).add(measured.segmentsPerSecond(workers));
                sums = measured.bytes();
            }
            ratios.add(speeds.get(1).get(round - 1) / speeds.get(0).get(round - 1));
        }
        line.show("measuring in vectors");
        long vectors =
                measure(kafka, "vectors", MOST_WORKERS, UpdateForm.VECTORS).bytes();
        line.clear();
        PrintWriter out = spec.commandLine().getOut();
        out.println("| workers | segments a second, median | from | to |");
        out.println("|---|---|---|---|");
        row("1", speeds.get(0), "%.1f");
        row("2", speeds.get(1), "%.1f");
        row("2, by 1", ratios, "%.2f"); // of the same round
        out.println();
        out.println("| sent for a step | bytes |");
        out.println("|---|---|");
        row("trajectory", MeasuredRun.trajectoryBytes(kafka, manifest(kafka, RECORDED)));
        row("update, vectors", vectors);
        row("update, sums", sums);
        out.flush();
    }

    private void record(BenchKafka kafka) throws IOException, InterruptedException {
        List<String> train = new ArrayList<>(List.of("train", "--record", "--wait", "0", "--run", RECORDED));
        train.addAll(List.of("--steps", Integer.toString(steps)));
        train.addAll(List.of("--objective-size", Integer.toString(objectiveSize)));
        train.addAll(List.of("--bootstrap-server", kafka.bootstrapServers()));
        try (BenchProcess trainer = new BenchProcess(spec, List.of(), train)) {
            trainer.await();
        }
    }

    private MeasuredRun measure(BenchKafka kafka, String run, int workers, UpdateForm form)
            throws IOException, InterruptedException {
        List<String> measure = new ArrayList<>(List.of("measure", "--threads", "1", "--run", RECORDED, "--as", run));
        measure.addAll(List.of("--form", form.name().toLowerCase(Locale.ROOT)));
        measure.addAll(List.of("--bootstrap-server", kafka.bootstrapServers()));
        List<BenchProcess> started = new ArrayList<>();
        try {
            for (int i = 0; i < workers; i++) {
                started.add(new BenchProcess(spec, List.of(), measure));
            }
            for (BenchProcess worker : started) {
                worker.await();
            }
        } finally {
            for (BenchProcess worker : started) {
                worker.close();
            }
        }
        MeasuredRun measured = MeasuredRun.read(kafka, manifest(kafka, run));
        if (measured.segments() != steps) {
            throw new IllegalStateException("segments: must be " + steps + ". Found: " + measured.segments());
        }
        return measured;
    }

    private static RunManifest manifest(BenchKafka kafka, String run) {
        return Objects.requireNonNull(RunManifests.read(kafka.clientConfig(), TopicSettings.DEFAULT_PREFIX)
                .get(run));
    }

    private void row(String name, List<Double> values, String format) {
        Spread spread = Spread.of(values);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "| %s | " + format + " | " + format + " | " + format + " |%n",
                        name,
                        spread.median(),
                        spread.least(),
                        spread.most());
    }

    private void row(String name, long bytes) {
        spec.commandLine().getOut().printf(Locale.ROOT, "| %s | %,d |%n", name, Math.round((double) bytes / steps));
    }
}
