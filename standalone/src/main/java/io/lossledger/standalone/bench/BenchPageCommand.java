package io.lossledger.standalone.bench;

import io.lossledger.dashboards.live.LiveServer;
import io.lossledger.dashboards.live.LiveSettings;
import io.lossledger.lca.Balance;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.replay.TopicSink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench page}: a running run opened in the live page, from its rows and from its buckets. */
@Command(
        name = "page",
        description = {
            "Measures how long the live page takes to draw a run that is still running, and what it reads for that: from the rows of every"
                    + " step, and from buckets and the rows after them. The processor's own code makes the rows."
        },
        mixinStandardHelpOptions = true)
final class BenchPageCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;
    private static final String ROWS_ONLY = "rows.";
    private static final String WITH_BUCKETS = "buckets.";

    @Option(
            names = "--steps",
            paramLabel = "N",
            split = ",",
            defaultValue = "10000",
            description = "Lengths of runs. Default: ${DEFAULT-VALUE}")
    List<Integer> steps = List.of(10_000);

    @Option(
            names = "--layers",
            paramLabel = "N",
            defaultValue = "100",
            description = "Number of layers. Default: ${DEFAULT-VALUE}")
    int layers = 100;

    @Option(
            names = "--only-buckets",
            description = "Does not write and measure the rows of every step, which are large: only the newest ones.")
    boolean onlyBuckets;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    /** What one opening took. */
    private record Opening(double seconds, double mebibytes, double heap) {}

    @Override
    public Integer call() throws Exception {
        steps.forEach(length -> UserException.requirePositive("--steps", length));
        UserException.requirePositive("--layers", layers);
        PrintWriter out = spec.commandLine().getOut();
        out.println("| steps | layers | read from | time to the picture | read | heap of the run |");
        out.println("|---|---|---|---|---|---|");
        for (int length : steps) {
            measure(length, out);
        }
        return 0;
    }

    private void measure(int length, PrintWriter out) throws Exception {
        ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        try (BenchKafka kafka = BenchKafka.start(0, topics(WITH_BUCKETS))) {
            try (Admin admin = Admin.create(kafka.clientConfig())) {
                TopicCreator.createMissing(admin, topics(ROWS_ONLY));
            }
            try (TopicSink rows = TopicSink.open(kafka.clientConfig(), ROWS_ONLY, RowFormat.JSON, ROWS_ONLY);
                    TopicSink buckets =
                            TopicSink.open(kafka.clientConfig(), WITH_BUCKETS, RowFormat.JSON, WITH_BUCKETS)) {
                new BenchPageRun(length, layers, onlyBuckets)
                        .write(rows, buckets, step -> line.show("writing step " + step + " of " + length));
            }
            line.show("opening the run");
            open(kafka, WITH_BUCKETS); // a first one to warm up
            Opening fast = open(kafka, WITH_BUCKETS);
            Opening slow = onlyBuckets ? fast : open(kafka, ROWS_ONLY);
            line.clear();
            if (!onlyBuckets) {
                print(out, length, "rows", slow);
            }
            print(out, length, "buckets", fast);
        }
    }

    private void print(PrintWriter out, int length, String from, Opening opening) {
        out.printf(
                Locale.ROOT,
                "| %,d | %d | %s | %.1f s | %,.1f MiB | %.0f MiB |%n",
                length,
                layers,
                from,
                opening.seconds,
                opening.mebibytes,
                opening.heap);
        out.flush();
    }

    private static TopicSettings topics(String prefix) {
        TopicSettings defaults = TopicSettings.DEFAULT;
        return new TopicSettings(
                prefix,
                defaults.partitions(),
                defaults.replicationFactor(),
                defaults.rawRetention(),
                defaults.rawRetentionBytes(),
                defaults.maxMessageBytes());
    }

    /** From the request of a browser until it has the picture of everything that was there. */
    private static Opening open(BenchKafka kafka, String prefix) throws Exception {
        Map<String, Object> config = new HashMap<>(kafka.clientConfig());
        config.put("interceptor.classes", ReadBytes.class.getName());
        double seconds;
        double read;
        double heap;
        try (LiveServer server = new LiveServer(
                LiveSettings.of(LiveSettings.DEFAULT_HOST, 0, prefix, Balance.DEFAULT_TOLERANCE, config))) {
            awaitSilence();
            long readBefore = ReadBytes.read();
            double heapBefore = heap();
            long start = System.nanoTime();
            awaitPicture("http://127.0.0.1:" + server.port() + "/api/runs/" + BenchPageRun.RUN + "/stream");
            seconds = (System.nanoTime() - start) / 1e9;
            read = (ReadBytes.read() - readBefore) / MIB;
            heap = heap() - heapBefore;
        }
        return new Opening(seconds, read, heap);
    }

    /** The list of runs has been read when nothing more comes. */
    private static void awaitSilence() throws InterruptedException {
        long read = -1;
        while (read != ReadBytes.read() || read == 0) {
            read = ReadBytes.read();
            TimeUnit.SECONDS.sleep(2);
        }
    }

    private static void awaitPicture(String stream) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(stream)).build();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofInputStream())
                        .body(),
                StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null && !(line.startsWith("data: {\"run\":") && line.contains("\"reading\":false"))) {
                line = lines.readLine();
            }
            if (line == null) {
                throw new IOException("The page ended its answer before the picture was complete");
            }
        }
    }

    /** What is left after a collection. */
    private static double heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / MIB;
    }
}
