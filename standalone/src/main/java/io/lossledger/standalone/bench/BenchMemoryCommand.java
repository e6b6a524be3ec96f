package io.lossledger.standalone.bench;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.terminal.RowFollower;
import io.lossledger.standalone.terminal.UserException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench memory}: the memory of a processor during a very long run. */
@Command(
        name = "memory",
        description =
                "Measures the resident memory of a processor in its own process, and its state on disk, over a long run.",
        mixinStandardHelpOptions = true)
final class BenchMemoryCommand implements Callable<Integer> {
    private static final List<Integer> WIDTHS = List.of(20, 30, 20, 10);
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int MOST_AHEAD = 2_000;
    private static final int LINES = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Number of steps of 1,460 parameters. Default: ${DEFAULT-VALUE}")
    int steps = 100_000;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "256m",
            description = "Maximum heap of the processor. Default: ${DEFAULT-VALUE}")
    String heap = "256m";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        UserException.requirePositive("--steps", steps);
        TopicSettings topics = TopicSettings.DEFAULT;
        try (BenchKafka kafka = BenchKafka.start(0, topics)) {
            try (BenchProcess processor = startProcessor(kafka);
                    RowFollower rows = new RowFollower(kafka.clientConfig(), topics.prefix(), LedgerTopic.STEP);
                    BenchRun run = new BenchRun("bench", WIDTHS, topics.prefix(), CHUNK_BYTES, kafka.clientConfig())) {
                measure(run, rows, processor, kafka.stateDirectory());
            }
        }
        return 0;
    }

    private void measure(BenchRun run, RowFollower rows, BenchProcess processor, Path state) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        out.println("| steps | resident memory | state on disk |");
        out.println("|---|---|---|");
        int every = Math.max(1, steps / LINES);
        int booked = 0;
        int sent = 0;
        long lastSign = System.nanoTime();
        while (booked < steps) {
            while (sent < steps && sent < booked + MOST_AHEAD) {
                run.publish();
                sent++;
            }
            for (ConsumerRecord<String, byte[]> ignored : rows.poll()) {
                booked++;
                lastSign = System.nanoTime();
                if (booked % every == 0) {
                    out.printf(
                            Locale.ROOT,
                            "| %,d | %d MiB | %.1f MiB |%n",
                            booked,
                            residentKib(processor) >> 10,
                            bytes(state) / 1048576.0);
                    out.flush();
                }
            }
            if (!processor.isAlive() || System.nanoTime() - lastSign > PATIENCE.toNanos()) {
                throw new IllegalStateException("no more rows arrived after " + booked + "\n" + processor.printed());
            }
        }
        run.finish();
    }

    private BenchProcess startProcessor(BenchKafka kafka) throws IOException {
        List<String> process = new ArrayList<>(List.of("process", "--http-port", "0"));
        process.addAll(List.of("--bootstrap-server", kafka.bootstrapServers()));
        process.addAll(List.of("--state-dir", kafka.stateDirectory().toString()));
        return new BenchProcess(spec, List.of("-Xmx" + heap), process);
    }

    private static long residentKib(BenchProcess process) throws IOException, InterruptedException {
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(process.id())).start();
        String answer = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        ps.waitFor();
        return Long.parseLong(answer.strip());
    }

    /** Files come and go while the stores work. */
    private static long bytes(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> {
                        try {
                            return Files.isRegularFile(file) ? Files.size(file) : 0;
                        } catch (IOException e) {
                            return 0;
                        }
                    })
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
