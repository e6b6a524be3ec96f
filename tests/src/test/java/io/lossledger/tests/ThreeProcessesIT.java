package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.lossledger.protobuf.JsonFormat;
import io.lossledger.protocol.LedgerTopic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broker, trainer and processor as separate processes; the trainer goes first and nothing is lost. */
class ThreeProcessesIT {
    private static final int STEPS = 12;

    @TempDir
    static Path directory;

    private static LedgerCommand broker;
    private static LedgerCommand processor;
    private static String address;

    @BeforeAll
    static void trainThenProcess() throws Exception {
        int port = StablePort.find();
        address = "localhost:" + port;
        broker = LedgerCommand.start("broker", "--port", port, "--data-dir", directory);
        broker.awaitOutput("Kafka serves at " + address);
        try (LedgerCommand train = LedgerCommand.run(
                "train", "--bootstrap-server", address, "--run", "three", "--steps", STEPS, "--objective-size", 500)) {
            assertThat(train.output()).containsPattern("sent: run=three steps=12 records=\\d+ bytes=\\d+ lost=0");
            assertThat(train.errors()).isEmpty();
        }
        processor = LedgerCommand.start(
                "process",
                "--http-port",
                0,
                "--bootstrap-server",
                address,
                "--state-dir",
                directory.resolve("state"),
                "--window",
                5);
        processor.awaitOutput("the processor runs");
    }

    @AfterAll
    static void stopCleanly() throws Exception {
        try (LedgerCommand first = processor;
                LedgerCommand second = broker) {
            assertThat(first.interrupt()).isEqualTo(130);
            assertThat(first.output()).contains("the processor has stopped; everything it booked is committed");
            assertThat(first.errors())
                    .contains("INFO  LedgerProcessor: Processing [")
                    .doesNotContain("WARN", "ERROR");
            assertThat(second.interrupt()).isEqualTo(130);
            assertThat(second.errors()).isEmpty();
        }
    }

    @Test
    void booksEveryStepThatWasSentBeforeItStarted() throws Exception {
        // Three layers and the model, in windows of 5, 5 and 2 steps and over the whole run.
        List<String> windows = tail("window", "--run", "three", "--count", 4 * (3 + 1));
        assertThat(windows.get(15)).contains("\"kind\":\"WINDOW_KIND_RUN\"", "\"steps\":12", "\"missing_steps\":0");
        assertThat(tail("step", "--run", "three", "--count", STEPS)).hasSize(STEPS);
    }

    @Test
    void printsRawUpdatesWithoutTheirVectors() throws Exception {
        List<String> updates = tail("lossledger.update", "--count", 2);
        assertThat(updates).hasSize(2).allMatch(line -> line.length() < 1_000 && line.contains("\"tensor_chunk\""));
    }

    @Test
    void printsManifests() throws Exception {
        assertThat(tail("run", "--no-follow").toString())
                .contains("\"run\":\"three\"", "\"status\":\"RUN_STATUS_FINISHED\"", "784-100-50-10");
    }

    /** The books of one Kafka are wrong for another. */
    @Test
    void keepsItsStateInAFolderOfThisKafka() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            String cluster = admin.describeCluster().clusterId().get();
            assertThat(directory.resolve("state").resolve(cluster).resolve("lossledger-processor"))
                    .isDirectory();
        }
    }

    @Test
    void listsTopics() throws Exception {
        try (LedgerCommand topics = LedgerCommand.run("topics", "--bootstrap-server", address)) {
            assertThat(topics.lines()).hasSize(1 + LedgerTopic.values().length);
            assertThat(topics.output()).doesNotContain("missing").contains("lossledger.layer", "LayerRow");
        }
    }

    @Test
    void isReadableWithKcat() throws Exception {
        tail("window", "--run", "three", "--count", 4 * (3 + 1));
        OutsideTools.require("kcat", "-V");
        Path rows = directory.resolve("kcat.json");
        Process kcat = new ProcessBuilder("kcat", "-q", "-b", address, "-t", "lossledger.layer", "-C", "-e")
                .redirectOutput(rows.toFile())
                .start();
        assertThat(kcat.waitFor(60, TimeUnit.SECONDS)).isTrue();

        List<String> lines = Files.readAllLines(rows, StandardCharsets.UTF_8);
        assertThat(lines).hasSize(3 * STEPS);
        for (String line : lines) {
            Struct.Builder row = Struct.newBuilder();
            JsonFormat.parser().merge(line, row);
            assertThat(row.getFieldsMap().get("lca")).isNotNull();
            assertThat(row.getFieldsOrThrow("lca").hasNumberValue()).isTrue();
        }
    }

    private static List<String> tail(Object... arguments) throws Exception {
        List<Object> all = new java.util.ArrayList<>(List.of("tail", "--bootstrap-server", address));
        all.addAll(List.of(arguments));
        try (LedgerCommand tail = LedgerCommand.run(all.toArray())) {
            assertThat(tail.errors()).isEmpty();
            return tail.lines();
        }
    }
}
