package io.lossledger.tests;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A real Prometheus with the configuration and rules that are shipped, scraping every second. */
final class PrometheusServer implements AutoCloseable {
    static final Path FOLDER =
            Path.of("..", "dashboards", "prometheus").toAbsolutePath().normalize();
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final String address;

    /** @param processorPort where {@code processor:9404} of the configuration is */
    PrometheusServer(Path directory, int processorPort, int trainerPort) throws IOException, InterruptedException {
        this(directory, processorPort, trainerPort, trainerPort);
    }

    /** @param workerPort where the workers of the configuration are */
    PrometheusServer(Path directory, int processorPort, int trainerPort, int workerPort)
            throws IOException, InterruptedException {
        String config = Files.readString(FOLDER.resolve("prometheus.yml"))
                .replace("processor:9404", "127.0.0.1:" + processorPort)
                .replace("trainer:9405", "127.0.0.1:" + trainerPort)
                .replace(", recorder:9405", "")
                .replaceFirst(
                        "dns_sd_configs:\\s+- names: \\[worker\\]\\s+type: A\\s+port: 9406",
                        "static_configs:\n      - targets: [127.0.0.1:" + workerPort + "]")
                .replace("interval: 5s", "interval: 1s")
                .replace("rules/", FOLDER + "/rules/");
        Path file = Files.writeString(directory.resolve("prometheus.yml"), config);
        int port = StablePort.find();
        address = "http://127.0.0.1:" + port;
        log = directory.resolve("prometheus.log");
        process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + directory.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await("Prometheus is ready", this::isReady);
    }

    /** Waits until something is so. */
    void await(String what, BooleanSupplier condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline || process.waitFor(200, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("Never so: " + what + "\n" + Files.readString(log));
            }
        }
    }

    /** The series that a query gives now; each has {@code metric} and {@code value}. */
    List<JsonObject> query(String expression) {
        return results("/api/v1/query?query=" + encoded(expression));
    }

    /** The same at some seconds from now, so that the steps of a subquery reach the newest sample. */
    List<JsonObject> query(String expression, int secondsFromNow) {
        double time = System.currentTimeMillis() / 1e3 + secondsFromNow;
        return results(
                "/api/v1/query?time=" + String.format(Locale.ROOT, "%.3f", time) + "&query=" + encoded(expression));
    }

    /** The series that a query gives over a span of time; each has {@code metric} and {@code values}. */
    List<JsonObject> query(String expression, double from, double to) {
        return results("/api/v1/query_range?step=1&start=" + from + "&end=" + to + "&query=" + encoded(expression));
    }

    List<String> labelValues(String label, String selector) {
        List<String> values = new ArrayList<>();
        JsonArray data = get("/api/v1/label/" + label + "/values?match[]=" + encoded(selector))
                .getAsJsonArray("data");
        data.forEach(value -> values.add(value.getAsString()));
        return values;
    }

    /** All rules, recording and alerting; each has {@code name}, {@code health} and, if it is an alert, {@code state}. */
    List<JsonObject> rules() {
        List<JsonObject> rules = new ArrayList<>();
        for (JsonElement group : get("/api/v1/rules").getAsJsonObject("data").getAsJsonArray("groups")) {
            group.getAsJsonObject().getAsJsonArray("rules").forEach(rule -> rules.add(rule.getAsJsonObject()));
        }
        return rules;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(); // its folder is deleted next
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isReady() {
        try {
            return !get("/api/v1/status/runtimeinfo").isEmpty();
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private List<JsonObject> results(String path) {
        List<JsonObject> series = new ArrayList<>();
        for (JsonElement result : get(path).getAsJsonObject("data").getAsJsonArray("result")) {
            series.add(result.getAsJsonObject());
        }
        return series;
    }

    private JsonObject get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path.replace("[]", "%5B%5D")))
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 503) {
                throw new IllegalStateException("Prometheus is not ready");
            }
            if (response.statusCode() != 200) {
                throw new AssertionError(path + ": " + response.body());
            }
            return JsonParser.parseString(response.body()).getAsJsonObject();
        } catch (IOException e) {
            throw new IllegalStateException("Prometheus does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
