package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.LedgerProcessor;
import io.lossledger.streams.archive.RunExport;
import io.lossledger.streams.archive.RunImport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Runs that a person ends or deletes, by the commands, with processors that read the topic before and after. */
@TestInstance(Lifecycle.PER_CLASS)
class RequestedRunsIT {
    private static final int STEPS = RecordedRuns.STEPS;

    private Path directory;
    private EmbeddedBroker broker;
    private Map<String, Object> kafka;
    private RecordedRuns silent;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder;
        broker = EmbeddedBroker.start(0, directory.resolve("kafka"));
        kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        long tenMinutesAgo = System.currentTimeMillis() - Duration.ofMinutes(10).toMillis();
        silent = new RecordedRuns(broker.bootstrapServers(), "dead", tenMinutesAgo);
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @Test
    void endsADeadRunAndDeletesItWhileAProcessorAnswers() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "asked.");
        silent.record("asked.", "dead", false);
        silent.record("asked.", "stays", false);
        try (LedgerProcessor processor = processor("asked.")) {
            try (LedgerCommand end = runs("asked.", "end", "dead")) {
                assertThat(end.exitCode()).as(end.errors()).isZero();
                assertThat(end.lines())
                        .containsExactly("ended: run=dead status=interrupted", "booked: steps=" + STEPS + " missing=0");
            }
            assertThat(closings("asked.", "dead"))
                    .extracting(WindowRow::getOutcome)
                    .containsOnly(RunStatus.RUN_STATUS_INTERRUPTED);
            assertThat(closings("asked.", "stays")).isEmpty();
            RunManifest ended = manifest("asked.", "dead");
            assertThat(ended.getStatus()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
            assertThat(ended.getLastStep()).isEqualTo(STEPS - 1);
            assertThat(ended.hasEnded()).isTrue();

            try (LedgerCommand delete = runs("asked.", "delete", "dead", "--yes")) {
                assertThat(delete.exitCode()).as(delete.errors()).isZero();
                assertThat(delete.lines()).contains("a processor has removed the deleted runs from its books");
            }
            JsonArray known = processor.queries().runs().runs();
            assertThat(known.toString()).contains("\"stays\"").doesNotContain("\"dead\"");
            silent.send("asked.", "dead|0|0", late());
            new Results(broker.bootstrapServers(), "asked.")
                    .await(
                            LedgerTopic.REJECTED,
                            "a dead letter",
                            () -> {},
                            letter -> new String(letter.key(), UTF_8).startsWith("dead"));
        }
        try (LedgerCommand train = LedgerCommand.start(
                "train",
                "--run",
                "dead",
                "--topic-prefix",
                "asked.",
                "--bootstrap-server",
                broker.bootstrapServers())) {
            assertThat(train.exitCode()).isEqualTo(2);
            assertThat(train.errors()).contains("Found: dead was deleted, and its id is not used again");
        }
    }

    private static byte[] late() {
        return new SyntheticRun("dead", RecordedRuns.CHUNKS, 12, 5, 0)
                .step(0)
                .get(0)
                .toByteArray();
    }

    @Test
    void asksTheProcessorThatComesLaterWhereNoneAnswers() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "later.");
        silent.record("later.", "dead", false);
        silent.record("later.", "gone", false);

        try (LedgerCommand end = runs("later.", "end", "dead", "--wait", "0")) {
            assertThat(end.exitCode()).as(end.errors()).isZero();
            assertThat(end.lines())
                    .contains(
                            "no processor answered within 0 s; the next one that reads later.update carries out the request");
        }
        assertThat(manifest("later.", "dead").getStatus()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
        try (LedgerCommand again = runs("later.", "end", "dead", "--wait", "0")) {
            assertThat(again.exitCode()).as(again.errors()).isZero();
        }
        try (LedgerCommand delete = runs("later.", "delete", "gone", "--wait", "0", "--yes", "--force")) {
            assertThat(delete.exitCode()).as(delete.errors()).isZero();
            assertThat(delete.lines())
                    .contains(
                            "no processor answered within 0 s; the next one that reads later.update carries out the request");
        }
        try (LedgerProcessor processor = processor("later.")) {
            new Results(broker.bootstrapServers(), "later.")
                    .await(
                            LedgerTopic.WINDOW,
                            "the deletion",
                            () -> {},
                            row -> new String(row.value(), UTF_8).contains("DELETED"));
            assertThat(processor.queries().runs().runs().toString())
                    .contains("\"dead\"")
                    .doesNotContain("\"gone\"");
        }
        assertThat(closings("later.", "dead"))
                .filteredOn(row -> row.getLayer().isEmpty() && row.getPart().isEmpty())
                .extracting(WindowRow::getSteps)
                .containsOnly(STEPS);
    }

    @Test
    void leavesARunAloneThatIsStillSentTo() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "alive.");
        new RecordedRuns(broker.bootstrapServers(), "alive").record("alive.", "alive", false);

        try (LedgerCommand end = runs("alive.", "end", "alive")) {
            assertThat(end.exitCode()).isEqualTo(2);
            assertThat(end.errors()).contains("RUN: must have sent no record for a minute", "(--force ends it anyway)");
        }
        assertThat(manifest("alive.", "alive").getStatus()).isEqualTo(RunStatus.RUN_STATUS_RUNNING);
    }

    /** A request names partitions; where the run goes there are more of them. */
    @Test
    void aRunThatWasEndedOnRequestEndsWhereItIsImportedToo() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "from.");
        silent.record("from.", "dead", false);
        try (LedgerCommand end = runs("from.", "end", "dead", "--wait", "0")) {
            assertThat(end.exitCode()).as(end.errors()).isZero();
        }
        Path file = directory.resolve("dead.run");
        new RunExport(kafka, "from.", "dead").write(file, false, false, false, progress -> {});
        TopicSettings like = Processing.topics("to.");
        try (Admin admin = Admin.create(kafka)) {
            TopicCreator.createMissing(
                    admin,
                    new TopicSettings(
                            "to.",
                            Processing.PARTITIONS + 2,
                            1,
                            like.rawRetention(),
                            like.rawRetentionBytes(),
                            like.maxMessageBytes()));
        }
        new RunImport(kafka, "to.").read(file, false, progress -> {});

        try (LedgerProcessor processor = processor("to.")) {
            new Results(broker.bootstrapServers(), "to.")
                    .await(
                            LedgerTopic.WINDOW,
                            "the closing balance",
                            processor::isRunning,
                            row -> new String(row.value(), UTF_8).contains("INTERRUPTED"));
        }
    }

    @Test
    void aTrainerRefusesAnIdThatHasRowsWithoutAManifest() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "rows.");
        WindowRow row =
                WindowRow.newBuilder().setRun("old").setObjective("train").build();
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("rows.window", "old", row.toByteArray()))
                    .get();
        }
        try (LedgerCommand train = LedgerCommand.start(
                "train", "--run", "old", "--topic-prefix", "rows.", "--bootstrap-server", broker.bootstrapServers())) {
            assertThat(train.exitCode()).isEqualTo(2);
            assertThat(train.errors())
                    .contains("run: must be new in this Kafka. Found: old has rows in rows.window, though no manifest");
        }
    }

    private LedgerProcessor processor(String prefix) throws InterruptedException {
        LedgerProcessor processor = new LedgerProcessor(
                Processing.settings(broker.bootstrapServers(), prefix, directory.resolve(prefix + "state")));
        processor.start();
        assertThat(processor.awaitRunning(Duration.ofMinutes(1))).isTrue();
        return processor;
    }

    private LedgerCommand runs(String prefix, Object... arguments) throws Exception {
        List<Object> all = new ArrayList<>(List.of("runs"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--topic-prefix", prefix, "--bootstrap-server", broker.bootstrapServers()));
        return LedgerCommand.start(all.toArray());
    }

    private RunManifest manifest(String prefix, String run) {
        return Objects.requireNonNull(RunManifests.read(kafka, prefix).get(run));
    }

    private List<WindowRow> closings(String prefix, String run) {
        List<WindowRow> rows = new ArrayList<>();
        try (LedgerReader ledger = LedgerReader.connect(kafka, prefix)) {
            ledger.read(WindowRow.class, run, row -> {
                if (row.getKind() == WindowKind.WINDOW_KIND_RUN) {
                    rows.add(row);
                }
            });
        }
        return rows;
    }
}
