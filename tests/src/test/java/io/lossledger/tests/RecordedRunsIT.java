package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.archive.ArchiveException;
import io.lossledger.streams.archive.ArchiveFacts;
import io.lossledger.streams.archive.RunExport;
import io.lossledger.streams.archive.RunImport;
import io.lossledger.streams.raw.RunDeletion;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.Replay;
import io.lossledger.streams.replay.ReplayReport;
import io.lossledger.streams.replay.ReplaySettings;
import io.lossledger.streams.replay.ReplayedRun;
import io.lossledger.streams.replay.RowSink;
import io.lossledger.streams.replay.TopicSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with the raw records of a run afterwards: replay them, put them into a file, bring them into another Kafka. */
@TestInstance(Lifecycle.PER_CLASS)
class RecordedRunsIT {
    private static final String PREFIX = "lossledger.";
    private static final int STEPS = RecordedRuns.STEPS;
    private static final int CHUNKS = RecordedRuns.CHUNKS;
    /** Of each step: layers, times objectives, times the whole update and its two parts. */
    private static final int LAYER_ROWS = 3 * 2 * 3;

    private Path directory;
    private EmbeddedBroker broker;
    private Map<String, Object> kafka;
    private RecordedRuns recorded;

    @BeforeAll
    void recordTwoRuns(@TempDir Path folder) throws Exception {
        directory = folder;
        broker = EmbeddedBroker.start(0, directory.resolve("kafka"));
        kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        recorded = new RecordedRuns(broker.bootstrapServers(), "whole");
        Processing.createTopics(broker.bootstrapServers(), PREFIX);
        recorded.record(PREFIX, "whole", true);
        recorded.record(PREFIX, "open", false);
        recorded.send(PREFIX, "odd|0|0", new byte[] {1, 2, 3});
        recorded.record(PREFIX, "odd", true);
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @Test
    void namesTheRunsThatAreThere() {
        assertThatThrownBy(() -> replay(PREFIX, "none", StepRange.ALL, false, RecordedRunsIT::forget))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run: must be one of those in lossledger.run (odd, open, whole). Found: none");
    }

    @Test
    void namesATopicThatIsMissing() {
        assertThatThrownBy(() -> replay("nowhere.", "whole", StepRange.ALL, false, RecordedRunsIT::forget))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topic: must exist (create it with: lossledger topics --create). Found: no nowhere.run");
    }

    @Test
    void namesARangeWithoutAStep() {
        assertThatThrownBy(() -> replay(PREFIX, "whole", new StepRange(500, 600), false, RecordedRunsIT::forget))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run: must have complete steps from 500 to 600 in lossledger.update. Found: none of whole");
    }

    @Test
    void leavesTheEndOpenOfARunThatHasNone() throws Exception {
        ReplayReport report = replay(PREFIX, "open", StepRange.ALL, false, RecordedRunsIT::forget);

        assertThat(report.runs().get("open")).isEqualTo(new ReplayedRun(0, STEPS - 1, STEPS, 0, false));
    }

    @Test
    void endsBeforeTheTopicDoesWhenTheRangeIsBooked() throws Exception {
        ReplayReport report = replay(PREFIX, "open", new StepRange(3, 7), false, RecordedRunsIT::forget);

        assertThat(report.runs().get("open")).isEqualTo(new ReplayedRun(3, 7, 5, 0, true));
        assertThat(report.refused()).isEmpty();
    }

    @Test
    void committedRowsAreOfWholeStepsWhenItIsStopped() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "stopped.");
        AtomicLong rows = new AtomicLong();
        ReplayReport report;
        try (TopicSink topics = TopicSink.open(kafka, "stopped.", RowFormat.JSON, "stopped")) {
            Replay[] replay = new Replay[1];
            replay[0] = new Replay(settings(PREFIX, "whole", StepRange.ALL, false), kafka, sink(topics, () -> {
                if (rows.incrementAndGet() == 200) {
                    replay[0].stop();
                }
            }));
            report = replay[0].run(progress -> {});
        }
        Results results = new Results(broker.bootstrapServers(), "stopped.");
        int steps = Objects.requireNonNull(report.runs().get("whole")).steps();

        assertThat(report.stopped()).isTrue();
        assertThat(steps).isBetween(1, STEPS - 1);
        assertThat(results.read(LedgerTopic.LAYER)).hasSize(LAYER_ROWS * steps);
        assertThat(results.read(LedgerTopic.STEP)).hasSize(2 * 3 * steps);
        assertThat(results.read(LedgerTopic.RUN)).hasSize(1);
    }

    @Test
    void nothingIsSeenOfWhatWasNotCommitted() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "failed.");
        AtomicLong rows = new AtomicLong();
        try (TopicSink topics = TopicSink.open(kafka, "failed.", RowFormat.JSON, "failed")) {
            RowSink sink = sink(topics, () -> {
                if (rows.incrementAndGet() == 200) {
                    throw new IllegalStateException("enough");
                }
            });
            assertThatThrownBy(() -> replay(PREFIX, "whole", StepRange.ALL, false, sink))
                    .hasMessage("enough");
        }
        Results results = new Results(broker.bootstrapServers(), "failed.");

        assertThat(results.read(LedgerTopic.LAYER)).isEmpty();
        assertThat(results.read(LedgerTopic.RUN)).isEmpty();
    }

    @Test
    void saysWhichStepsTheTopicHasDropped() throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            TopicCreator.createMissing(admin, Processing.topics("cut.").withPartitions(1));
            recorded.record("cut.", "cut", true);
            TopicPartition partition = new TopicPartition("cut.update", 0);
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(5L * CHUNKS + 1)))
                    .all()
                    .get();
        }

        assertThatThrownBy(() -> replay("cut.", "cut", StepRange.ALL, false, RecordedRunsIT::forget))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "run: must be complete in cut.update (--partial uses what is left). Found: steps 0 to 5 of cut"
                                + " no longer exist");
        assertThat(replay("cut.", "cut", new StepRange(6, 100), false, RecordedRunsIT::forget)
                        .runs()
                        .get("cut"))
                .isEqualTo(new ReplayedRun(6, STEPS - 1, STEPS - 6, 0, true));
        assertThat(replay("cut.", "cut", StepRange.ALL, true, RecordedRunsIT::forget)
                        .runs()
                        .get("cut"))
                .isEqualTo(new ReplayedRun(6, STEPS - 1, STEPS - 6, 6, true));
    }

    @Test
    void theCommandReplaysOnceAndAgainOnlyByForce() throws Exception {
        Object[] arguments = {
            "replay",
            "--bootstrap-server",
            broker.bootstrapServers(),
            "--run",
            "odd",
            "--to-prefix",
            "command.",
            "--rule",
            "first-order",
            "--window",
            "7"
        };
        try (LedgerCommand first = LedgerCommand.run(arguments)) {
            assertThat(first.exitCode()).as(first.errors()).isEqualTo(5);
            assertThat(first.errors())
                    .isEqualToIgnoringNewLines("lossledger: 1 record could not be booked: update: must be a"
                            + " lossledger.v1.Update message");
            assertThat(first.lines()).hasSize(2);
            assertThat(first.lines().get(0)).isEqualTo("run=odd steps=0..29 booked=30 missing=0 end=closed");
            assertThat(first.lines().get(1))
                    .matches(
                            "replayed: runs=1 steps=30 missing=0 rows=\\d+ duplicates=0 refused=1 seconds=\\d+\\.\\d\\d"
                                    + " mib/s=\\d+ times-real-time=[\\d.]+");
        }
        assertThat(new Results(broker.bootstrapServers(), "command.").read(LedgerTopic.STEP))
                .hasSize(2 * 3 * STEPS)
                .allSatisfy(row -> assertThat(new String(row.value(), UTF_8)).contains("\"rule\":\"first-order\""));
        try (LedgerCommand second = LedgerCommand.run(arguments)) {
            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(second.errors())
                    .isEqualToIgnoringNewLines(
                            "lossledger: --to-prefix: must be the prefix of topics without rows of the run"
                                    + " (--force adds rows). Found: odd has rows in command.step");
        }
    }

    @Test
    void anImportedRunIsTheSameToTheByteAndToItsReplay() throws Exception {
        Path file = directory.resolve("whole.run");
        ArchiveFacts written = new RunExport(kafka, PREFIX, "whole").write(file, false, false, false, progress -> {});
        Processing.createTopics(broker.bootstrapServers(), "other.");
        ArchiveFacts read = new RunImport(kafka, "other.").read(file, false, progress -> {});

        assertThat(read).isEqualTo(written);
        assertThat(read.records()).isEqualTo((STEPS + 1) * CHUNKS);
        assertThat(recorded.records("other.", LedgerTopic.UPDATE))
                .isEqualTo(recorded.records(PREFIX, LedgerTopic.UPDATE));
        assertThat(recorded.manifests("other.")).isEqualTo(recorded.manifests(PREFIX));
        assertThat(rows("other.")).isNotEmpty().isEqualTo(rows(PREFIX));
        assertThatThrownBy(() -> new RunImport(kafka, "other.").read(file, false, progress -> {}))
                .hasMessage("run: must be new in this Kafka (--force adds to it). Found: whole exists");
        assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    }

    @Test
    void deletesWhatLiesBeforeOtherRuns() throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            TopicCreator.createMissing(admin, Processing.topics("delete.").withPartitions(1));
        }
        recorded.record("delete.", "first", true);
        recorded.record("delete.", "second", true);
        recorded.record("delete.", "third", true);
        Results results = new Results(broker.bootstrapServers(), "delete.");
        int records = (STEPS + 1) * CHUNKS;

        assertThat(RunDeletion.delete(kafka, "delete.", Set.of("second"), true)).containsEntry("delete.update", 0L);
        assertThat(results.read(LedgerTopic.UPDATE)).hasSize(3 * records);
        assertThat(RunDeletion.delete(kafka, "delete.", Set.of("first", "second"), true))
                .containsEntry("delete.update", 2L * records)
                .containsEntry("delete.step", 0L);
        assertThat(results.read(LedgerTopic.UPDATE))
                .hasSize(records)
                .allSatisfy(
                        record -> assertThat(new String(record.key(), UTF_8)).startsWith("third|"));
        assertThat(RunManifests.read(kafka, "delete.").keySet()).containsExactly("third");
    }

    @Test
    void deletesARunWhoseIdNoTrainerTakesAgain() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "used.");
        recorded.record("used.", "once", true);
        String address = broker.bootstrapServers();

        try (LedgerCommand delete = LedgerCommand.start(
                "runs",
                "delete",
                "once",
                "--yes",
                "--force",
                "--topic-prefix",
                "used.",
                "--bootstrap-server",
                address)) {
            assertThat(delete.exitCode()).as(delete.errors()).isZero();
            assertThat(delete.lines()).first().isEqualTo("deleted: runs=once from used.run");
        }
        assertThat(RunManifests.read(kafka, "used.")).isEmpty();
        try (LedgerCommand train = LedgerCommand.start(
                "train", "--run", "once", "--topic-prefix", "used.", "--bootstrap-server", address)) {
            assertThat(train.exitCode()).isEqualTo(2);
            assertThat(train.errors())
                    .contains("run: must be new in this Kafka. Found: once was deleted, and its id is not used again");
        }
    }

    @Test
    void listsRunsAndShowsOne() throws Exception {
        try (LedgerCommand list = LedgerCommand.start("runs", "list", "--bootstrap-server", broker.bootstrapServers());
                LedgerCommand show =
                        LedgerCommand.start("runs", "show", "whole", "--bootstrap-server", broker.bootstrapServers())) {
            assertThat(list.exitCode()).as(list.errors()).isZero();
            assertThat(list.lines()).hasSize(4);
            assertThat(list.lines().get(0))
                    .matches(
                            "run +status +started +took +steps +loss +books +helped most +hurt most +trajectory +model");
            assertThat(list.lines().get(1))
                    .matches("odd +running +\\d{4}-\\d\\d-\\d\\d \\S+Z +- +- +– +– +– +– +- +synthetic");
            assertThat(show.exitCode()).as(show.errors()).isZero();
            assertThat(show.lines())
                    .contains(
                            "run           whole", "raw records   some in lossledger.update", "booked        no step");
        }
    }

    @Test
    void aFileThatIsThereStays() throws Exception {
        Path file = Files.writeString(directory.resolve("there"), "mine");

        assertThatThrownBy(() -> new RunExport(kafka, PREFIX, "whole").write(file, false, false, false, progress -> {}))
                .isInstanceOf(ArchiveException.class)
                .hasMessage("file: must be new (--force replaces it). Found: " + file + " exists");
        assertThat(file).hasContent("mine");
    }

    @Test
    void anExportThatFailsLeavesNothing() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("empty"));
        RunExport export = new RunExport(kafka, PREFIX, "whole");
        export.stop();

        assertThatThrownBy(() -> export.write(folder.resolve("file"), false, false, false, progress -> {}))
                .isInstanceOf(InterruptedException.class);
        assertThatThrownBy(() -> new RunExport(kafka, PREFIX, "none")
                        .write(folder.resolve("file"), false, false, false, progress -> {}))
                .hasMessageContaining("Found: none");
        Path belowAFile = Files.writeString(directory.resolve("plain"), "").resolve("file");
        assertThatThrownBy(() ->
                        new RunExport(kafka, PREFIX, "whole").write(belowAFile, false, false, false, progress -> {}))
                .isInstanceOf(ArchiveException.class)
                .hasMessageStartingWith("file: must be writable. Found: " + belowAFile);
        assertThatThrownBy(
                        () -> new RunExport(kafka, PREFIX, "whole").write(folder, true, false, false, progress -> {}))
                .hasMessage("file: must be a regular file, or new. Found: " + folder);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void nothingOfAnImportThatIsStoppedIsSeen() throws Exception {
        Path file = directory.resolve("stopped.run");
        new RunExport(kafka, PREFIX, "whole").write(file, false, false, false, progress -> {});
        Processing.createTopics(broker.bootstrapServers(), "half.");
        RunImport stopped = new RunImport(kafka, "half.");

        // Checking is over when the first record has been read for the second time.
        AtomicLong told = new AtomicLong();
        assertThatThrownBy(() -> stopped.read(file, false, progress -> {
                    if (told.incrementAndGet() == (STEPS + 1) * CHUNKS) {
                        stopped.stop();
                    }
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(recorded.records("half.", LedgerTopic.UPDATE)).isEmpty();
        assertThat(recorded.records("half.", LedgerTopic.RUN)).isEmpty();
    }

    private ReplayReport replay(String prefix, String run, StepRange range, boolean partial, RowSink sink)
            throws InterruptedException {
        return new Replay(settings(prefix, run, range, partial), kafka, sink).run(progress -> {});
    }

    private static ReplaySettings settings(String prefix, String run, StepRange range, boolean partial) {
        return new ReplaySettings(
                prefix, new TreeSet<>(List.of(run)), range, Optional.empty(), Processing.EVERYTHING, partial);
    }

    private static void forget(LedgerTopic topic, String key, Message row, long timestampMillis) {}

    private static RowSink sink(TopicSink topics, Runnable afterEach) {
        return new RowSink() {
            @Override
            public void accept(LedgerTopic topic, String key, Message row, long timestampMillis) {
                topics.accept(topic, key, row, timestampMillis);
                afterEach.run();
            }

            @Override
            public void commit() {
                topics.commit();
            }
        };
    }

    private List<String> rows(String prefix) throws InterruptedException {
        List<String> rows = new ArrayList<>();
        replay(prefix, "whole", StepRange.ALL, false, (topic, key, row, timestamp) -> {
            if (topic != LedgerTopic.RUN) {
                rows.add(topic + key + timestamp + row);
            }
        });
        return rows;
    }
}
