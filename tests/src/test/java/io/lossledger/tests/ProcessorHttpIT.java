package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.tests.Http.Answer;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processors share the runs; both answer for all of them. */
class ProcessorHttpIT {
    private static final int STEPS = 5;
    private static final List<String> RUNS = List.of("a", "b", "c", "d", "e", "f");

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start(StablePort.find(), directory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void twoProcessorsAnswerForEachOther() throws Exception {
        try (LedgerCommand one = process("shared", "one", "--standby-replicas", 1)) {
            Http first = Http.of(one);
            first.await("/health/ready", answer -> answer.status() == 200);
            try (LedgerCommand two = process("shared", "two", "--standby-replicas", 1)) {
                Http second = Http.of(two);
                second.await("/health/ready", answer -> answer.status() == 200);
                for (String run : RUNS) {
                    train(run);
                }
                for (Http http : List.of(first, second)) {
                    for (String run : RUNS) {
                        assertBooks(http, run);
                        assertUnits(http, run);
                    }
                    assertThat(names(http.await("/runs", answer -> answer.status() == 200)))
                            .containsExactlyElementsOf(RUNS);
                    // Those of tasks come some seconds after the tasks.
                    Answer metrics = http.await(
                            "/metrics", known -> known.body().contains("kafka_stream_task_dropped_records_total"));
                    assertThat(metrics.body())
                            .contains(
                                    "jvm_memory_used_bytes", "process_uptime_seconds", "lossledger_processor_latency");
                }
                // Each run has its metrics where its books are, and nowhere else.
                assertThat(metricsOf(first)).isNotEmpty().doesNotContainAnyElementsOf(metricsOf(second));
                assertThat(metricsOf(first).size() + metricsOf(second).size()).isEqualTo(RUNS.size());
                assertEachHasAShare(first, second);

                two.kill();
                Answer answer = first.get("/runs");
                assertThat(answer.status()).as(answer.body()).isEqualTo(503);
                assertThat(answer.error())
                        .startsWith("the processor at 127.0.0.1:")
                        .contains(" cannot be reached: ");
                // The standby takes over, and then the first one has them all.
                assertThat(names(first.await("/runs", known -> known.status() == 200)))
                        .containsExactlyElementsOf(RUNS);
            }
        }
    }

    @Test
    void saysWhatDoesNotExist() throws Exception {
        try (LedgerCommand process = process("alone", "alone")) {
            Http http = Http.of(process);
            http.await("/health/ready", answer -> answer.status() == 200);

            Answer run = http.get("/runs/nobody");
            assertThat(run.status()).isEqualTo(404);
            assertThat(run.type()).startsWith("application/json");
            assertThat(run.error()).isEqualTo("the books do not contain /runs/nobody");
            assertThat(http.get("/runs/nobody/layers").error())
                    .isEqualTo("the books do not contain /runs/nobody/layers");
            assertThat(http.get("/nothing").status()).isEqualTo(404);
            assertThat(http.get("/nothing").error()).isEqualTo("there is no /nothing");
        }
    }

    @Test
    void isAliveButNotReadyWhileItWaitsForKafka() throws Exception {
        try (LedgerCommand process = LedgerCommand.start(
                "process", "--bootstrap-server", "localhost:" + StablePort.find(), "--http-port", 0)) {
            Http http = Http.of(process);

            assertThat(http.get("/health/live").status()).isEqualTo(200);
            for (String path : List.of("/health/ready", "/runs", "/runs/a", "/runs/a/layers")) {
                Answer answer = http.get(path);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.error()).isEqualTo("the processor is not ready: it is waiting for Kafka");
            }
        }
    }

    @Test
    void namesAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LedgerCommand process = process("taken", "taken", "--http-port", taken.getLocalPort())) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.errors())
                    .startsWith("lossledger: --http-port: must be free. Found: 127.0.0.1:" + taken.getLocalPort())
                    .hasLineCount(1);
        }
    }

    /** The same numbers as in the topic's rows. */
    private static void assertBooks(Http http, String run) throws Exception {
        JsonObject overview = http.await(
                        "/runs/" + run,
                        answer -> answer.status() == 200
                                && answer.json().get("status").getAsString().equals("RUN_STATUS_FINISHED"))
                .json();
        assertThat(overview.get("steps").getAsInt()).isEqualTo(STEPS);
        assertThat(overview.get("missing_steps").getAsInt()).isZero();
        JsonObject layers = http.await("/runs/" + run + "/layers", answer -> answer.status() == 200)
                .json();
        List<JsonElement> rows =
                new ArrayList<>(overview.getAsJsonArray("objectives").asList());
        rows.addAll(layers.getAsJsonArray("layers").asList());

        List<JsonElement> published = new ArrayList<>();
        rows(LedgerTopic.WINDOW, run)
                .filter(row -> row.get("kind").getAsString().equals("WINDOW_KIND_RUN"))
                .forEach(published::add);
        assertThat(published).hasSize(4);
        assertThat(rows).isEqualTo(published);
    }

    /** The newest row of the topic, and the sum of all. */
    private static void assertUnits(Http http, String run) throws Exception {
        JsonObject answer = http.await("/runs/" + run + "/units/fc2", known -> known.status() == 200)
                .json();
        assertThat(answer.get("layer_index").getAsInt()).isEqualTo(1);
        JsonObject units = answer.getAsJsonArray("objectives").get(0).getAsJsonObject();
        assertThat(units.get("steps").getAsInt()).isEqualTo(STEPS);
        assertThat(units.get("last_step").getAsInt()).isEqualTo(STEPS - 1);
        List<JsonArray> published = new ArrayList<>();
        rows(LedgerTopic.UNIT, run)
                .filter(row -> row.get("layer").getAsString().equals("fc2"))
                .forEach(row -> published.add(row.getAsJsonArray("unit_lca")));
        assertThat(published).hasSize(STEPS);
        assertThat(units.getAsJsonArray("unit_lca")).isEqualTo(published.get(STEPS - 1));
        for (int unit = 0; unit < units.get("units").getAsInt(); unit++) {
            double sum = 0;
            for (JsonArray step : published) {
                sum += step.get(unit).getAsDouble();
            }
            assertThat(units.getAsJsonArray("cumulative_lca").get(unit).getAsDouble())
                    .isEqualTo(sum);
        }
        assertThat(http.get("/runs/" + run + "/units/nothing").error())
                .isEqualTo("the books do not contain /runs/" + run + "/units/nothing");
    }

    private static Stream<JsonObject> rows(LedgerTopic topic, String run) {
        return new Results(broker.bootstrapServers(), "shared.")
                .read(topic).stream()
                        .filter(row -> new String(row.key(), UTF_8).equals(run))
                        .map(row -> JsonParser.parseString(new String(row.value(), UTF_8))
                                .getAsJsonObject());
    }
    /** Asked as by another processor, each tells of its own runs only. */
    private static void assertEachHasAShare(Http first, Http second) throws Exception {
        List<String> ofFirst = names(first.get("/runs", "LossLedger-Hop"));
        List<String> ofSecond = names(second.get("/runs", "LossLedger-Hop"));
        assertThat(ofFirst).isNotEmpty().doesNotContainAnyElementsOf(ofSecond);
        assertThat(ofSecond).isNotEmpty();
        assertThat(ofFirst.size() + ofSecond.size()).isEqualTo(RUNS.size());
        Answer moved = first.get("/runs/" + ofSecond.get(0), "LossLedger-Hop");
        assertThat(moved.status()).isEqualTo(503);
        assertThat(moved.error()).startsWith("the books of run " + ofSecond.get(0) + " have moved to 127.0.0.1:");
    }

    private static Set<String> metricsOf(Http http) throws Exception {
        return Scrape.of(http.get("/metrics").body()).samples("lossledger_run_active").stream()
                .map(sample -> sample.labels().get("run"))
                .collect(Collectors.toSet());
    }

    private static List<String> names(Answer answer) {
        List<String> names = new ArrayList<>();
        answer.json()
                .getAsJsonArray("runs")
                .forEach(run -> names.add(run.getAsJsonObject().get("run").getAsString()));
        return names;
    }

    private static LedgerCommand process(String application, String folder, Object... more) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of(
                "process",
                "--bootstrap-server",
                broker.bootstrapServers(),
                "--topic-prefix",
                application + ".",
                "--application-id",
                application,
                "--state-dir",
                directory.resolve(folder),
                "--window",
                1_000));
        if (more.length == 0 || !more[0].equals("--http-port")) {
            arguments.addAll(List.of("--http-port", 0));
        }
        arguments.addAll(List.of(more));
        return LedgerCommand.start(arguments.toArray());
    }

    private static void train(String run) throws Exception {
        PublisherSettings publishing = new PublisherSettings(
                "shared.",
                64 << 10,
                PublisherSettings.DEFAULT_PATIENCE,
                Map.of("bootstrap.servers", broker.bootstrapServers()));
        new Trainer(Trainings.of(run, STEPS, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32, 500), publishing)
                .run(step -> {});
    }
}
