package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.LedgerMetric.Scope;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets to see, beside what any consumer reads in the topics. */
class MetricsIT {
    private static final String RUN = "watched";
    private static final int STEPS = 60;

    @TempDir
    Path directory;

    @Test
    void showsWhatTheRowsSay() throws Exception {
        int port = StablePort.find();
        try (LedgerCommand demo = LedgerCommand.start(
                "demo",
                "--port",
                port,
                "--http-port",
                0,
                "--live-port",
                0,
                "--data-dir",
                directory,
                "--run",
                RUN,
                "--steps",
                STEPS,
                "--objective",
                "train,validation",
                "--objective-size",
                500)) {
            Http http = served(demo);
            Set<String> seen = new HashSet<>();
            while (!demo.output().contains("Kafka stays up") && demo.isAlive()) {
                seen.addAll(assertInCatalogue(Scrape.of(http.get("/metrics").body())));
            }
            String text = http.get("/metrics").body();
            Scrape scrape = Scrape.of(text);
            seen.addAll(assertInCatalogue(scrape));
            assertThat(Arrays.stream(LedgerMetric.values())
                            .filter(metric -> metric.scope() != Scope.WORKER)
                            .map(LedgerMetric::prometheusName))
                    .as("all of the catalogue was seen while the run went on")
                    .allMatch(seen::contains);

            assertThat(scrape.value("lossledger_steps_total", "run", RUN)).isEqualTo(STEPS);
            assertThat(scrape.value("lossledger_missing_steps_total", "run", RUN))
                    .isZero();
            assertThat(scrape.value("lossledger_run_active", "run", RUN)).isZero();
            assertThat(scrape.value("lossledger_processor_latency_seconds_count"))
                    .isEqualTo(STEPS);
            assertStepsAreThoseOfTheTopic(scrape, rows("step", port));
            assertLayersAreThoseOfTheTopic(scrape, rows("layer", port));
            assertThat(http.get("/runs/" + RUN).status()).isEqualTo(200);
            assertPromtoolAccepts(text);
        }
    }

    @Test
    void aTrainerShowsItsOwnMetrics() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(StablePort.find(), directory);
                LedgerCommand train = LedgerCommand.start(
                        "train",
                        "--bootstrap-server",
                        broker.bootstrapServers(),
                        "--run",
                        RUN,
                        "--steps",
                        100_000,
                        "--objective-size",
                        500,
                        "--http-port",
                        0)) {
            Http http = served(train);
            assertThat(http.get("/health/live").status()).isEqualTo(200);
            // Those of Kafka's client are registered last.
            Http.Answer answer =
                    http.await("/metrics", known -> known.body().contains("kafka_producer_record_send_total"));
            Scrape scrape = Scrape.of(answer.body());
            assertThat(Arrays.stream(LedgerMetric.values())
                            .filter(metric -> metric.scope() == Scope.TRAINER)
                            .map(LedgerMetric::prometheusName))
                    .isSubsetOf(assertInCatalogue(scrape));
            assertThat(answer.body()).contains("kafka_producer_record_send_total", "jvm_memory_used_bytes");
            assertThat(http.get("/runs").status()).isEqualTo(404);
            assertThat(train.interrupt()).isEqualTo(130);
            assertWorkerShowsItsMetrics(broker.bootstrapServers());
        }
    }

    private void assertWorkerShowsItsMetrics(String bootstrapServers) throws Exception {
        try (LedgerCommand measure =
                LedgerCommand.start("measure", "--all", "--bootstrap-server", bootstrapServers, "--http-port", 0)) {
            String body = served(measure).get("/metrics").body();
            assertThat(Arrays.stream(LedgerMetric.values())
                            .filter(metric -> metric.scope() == Scope.WORKER)
                            .map(LedgerMetric::prometheusName))
                    .isSubsetOf(assertInCatalogue(Scrape.of(body)));
            assertPromtoolAccepts(body);
            assertThat(measure.interrupt()).isEqualTo(130);
        }
    }

    private static void assertStepsAreThoseOfTheTopic(Scrape scrape, List<JsonObject> rows) {
        for (String objective : List.of("train", "validation")) {
            List<JsonObject> own = of(rows, "objective", objective);
            assertThat(own).hasSize(STEPS);
            JsonObject newest = own.get(STEPS - 1);
            String[] labels = {"run", RUN, "objective", objective};
            assertThat(scrape.value("lossledger_step", labels)).isEqualTo(STEPS - 1);
            assertThat(scrape.value("lossledger_loss", labels)).isEqualTo(number(newest, "loss_end"));
            for (String field : List.of(
                    "loss_change",
                    "lca",
                    "residual",
                    "cumulative_loss_change",
                    "cumulative_lca",
                    "cumulative_residual",
                    "helped_share",
                    "helped_share_of_nonzero",
                    "churn",
                    "splits")) {
                assertThat(scrape.value("lossledger_" + field, labels))
                        .as(field)
                        .isEqualTo(number(newest, field));
            }
            assertMagnitudes(scrape, "lossledger_magnitude_total", own, labels);
        }
    }

    private static void assertLayersAreThoseOfTheTopic(Scrape scrape, List<JsonObject> rows) {
        List<String> layers = List.of("fc1", "fc2", "output");
        for (int index = 0; index < layers.size(); index++) {
            List<JsonObject> own = of(of(rows, "objective", "train"), "layer", layers.get(index));
            assertThat(own).hasSize(STEPS);
            JsonObject newest = own.get(STEPS - 1);
            String[] labels = {
                "run",
                RUN,
                "objective",
                "train",
                "layer",
                layers.get(index),
                "layer_index",
                String.format(Locale.ROOT, "%03d", index)
            };
            for (String field : List.of(
                    "lca",
                    "cumulative_lca",
                    "helped_share",
                    "helped_share_of_nonzero",
                    "gini_of_help",
                    "top_percent_share",
                    "parameters")) {
                assertThat(scrape.value("lossledger_layer_" + field, labels))
                        .as(field)
                        .isEqualTo(number(newest, field));
            }
            double changes =
                    own.stream().mapToDouble(row -> number(row, "sign_changes")).sum();
            assertThat(scrape.value("lossledger_layer_sign_changes_total", labels))
                    .isEqualTo(changes);
            assertMagnitudes(scrape, "lossledger_layer_magnitude_total", own, labels);
        }
    }

    /** Those of all rows, and hurt less help is the LCA. */
    private static void assertMagnitudes(Scrape scrape, String metric, List<JsonObject> rows, String... labels) {
        double help = scrape.value(metric, and(labels, "direction", "help"));
        double hurt = scrape.value(metric, and(labels, "direction", "hurt"));
        assertThat(help)
                .isCloseTo(
                        -rows.stream().mapToDouble(row -> number(row, "help")).sum(), within(1e-12));
        assertThat(hurt)
                .isCloseTo(rows.stream().mapToDouble(row -> number(row, "harm")).sum(), within(1e-12));
        assertThat(hurt - help).isCloseTo(number(rows.get(STEPS - 1), "cumulative_lca"), within(1e-12));
    }

    /** Names, labels, types and help of all that is ours; returns the names of the catalogue that were there. */
    private static Set<String> assertInCatalogue(Scrape scrape) {
        Set<String> seen = new HashSet<>();
        for (Scrape.Sample sample : scrape.samples()) {
            if (sample.name().startsWith("lossledger_")) {
                assertThat(sample.value()).as(sample.toString()).isNotNaN();
                LedgerMetric metric = metric(sample);
                seen.add(metric.prometheusName());
                Set<String> labels = new HashSet<>(sample.labels().keySet());
                labels.remove("le");
                assertThat(labels).as(sample.toString()).containsExactlyInAnyOrderElementsOf(metric.tags());
                assertThat(scrape.help()).containsEntry(metric.prometheusName(), metric.help());
                assertThat(scrape.types().get(metric.prometheusName()))
                        .as(metric.name())
                        .isIn(
                                switch (metric.type()) {
                                    case GAUGE, INFO -> List.of("gauge");
                                    case COUNTER -> List.of("counter");
                                    case TIMER -> List.of("histogram", "summary");
                                });
            }
        }
        return seen;
    }

    private static LedgerMetric metric(Scrape.Sample sample) {
        for (LedgerMetric metric : LedgerMetric.values()) {
            String name = metric.prometheusName();
            boolean isTimer = metric.type() == LedgerMetric.Type.TIMER;
            if (isTimer
                    ? sample.name().matches(name + "_(count|sum|max|bucket)")
                    : sample.name().equals(name)) {
                return metric;
            }
        }
        throw new AssertionError(sample + " is not in the catalogue");
    }

    private void assertPromtoolAccepts(String text) throws IOException, InterruptedException {
        OutsideTools.require("promtool", "--version");
        Path file = Files.writeString(directory.resolve("scrape.txt"), text);
        Path said = directory.resolve("promtool.txt");
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(file.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(promtool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        // Those of Kafka and the JVM are named by Micrometer.
        assertThat(Files.readAllLines(said).stream().filter(line -> !line.matches("(kafka|jvm|system|process)_.*")))
                .isEmpty();
    }

    private static Http served(LedgerCommand command) throws InterruptedException {
        command.awaitOutput("serves http://");
        String line = command.lines().stream()
                .filter(printed -> printed.contains("serves http://"))
                .findFirst()
                .orElseThrow();
        return new Http(Integer.parseInt(line.replaceAll(".*serves http://[^:]+:(\\d+) .*", "$1")));
    }

    private static List<JsonObject> rows(String topic, int port) throws Exception {
        try (LedgerCommand tail = LedgerCommand.run(
                "tail", topic, "--bootstrap-server", "localhost:" + port, "--run", RUN, "--no-follow")) {
            return tail.lines().stream()
                    .map(line -> JsonParser.parseString(line).getAsJsonObject())
                    .toList();
        }
    }

    private static List<JsonObject> of(List<JsonObject> rows, String field, String value) {
        return rows.stream()
                .filter(row -> row.get(field).getAsString().equals(value))
                .toList();
    }

    private static double number(JsonObject row, String field) {
        return row.get(field).getAsDouble();
    }

    private static String[] and(String[] labels, String... more) {
        List<String> all = new ArrayList<>(List.of(labels));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
