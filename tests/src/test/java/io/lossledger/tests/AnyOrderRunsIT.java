package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.protocol.v1.Update;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.archive.RunExport;
import io.lossledger.streams.archive.RunImport;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.RunDeletion;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.Replay;
import io.lossledger.streams.replay.ReplaySettings;
import io.lossledger.streams.replay.ReplayedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The raw records of runs whose trajectory is recorded, and measured in any order: replayed, archived, deleted. */
@TestInstance(Lifecycle.PER_CLASS)
class AnyOrderRunsIT {
    private static final String RUN = "r";
    private static final int BLOCKS = 8;
    private static final int POINTS = 3;

    private EmbeddedBroker broker;
    private Map<String, Object> kafka;
    private RecordedRuns recorded;

    @TempDir
    Path directory;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        broker = EmbeddedBroker.start(0, folder);
        kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        recorded = new RecordedRuns(broker.bootstrapServers(), RUN);
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    /** The target has another number of partitions. */
    @Test
    void anImportedTrajectoryIsInTheBlocksThatItWasRecordedIn() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "from.");
        recorded.record("from.", RUN, false);
        Path file = directory.resolve("r.run");
        RunExport export = new RunExport(kafka, "from.", RUN);
        assertThatThrownBy(() -> export.write(file, false, false, true, progress -> {}))
                .hasMessage("run: must have records in from.trajectory. Found: none of r");
        recorded.sendPoints("from.", BLOCKS, POINTS);

        export.write(file, false, false, true, progress -> {});
        createTopics("to.", 2);
        new RunImport(kafka, "to.").read(file, false, progress -> {});

        Map<Integer, List<String>> blocks = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> point : points("to.")) {
            int block = Integer.parseInt(new String(point.key(), UTF_8).substring("r|".length()));
            assertThat(point.partition()).isEqualTo(PointKey.partition(RUN, block, 2));
            blocks.computeIfAbsent(block, b -> new ArrayList<>()).add(new String(point.value(), UTF_8));
        }
        assertThat(blocks).hasSize(BLOCKS);
        assertThat(blocks.values()).containsOnly(List.of("0", "1", "2"));
        assertThat(recorded.records("to.", LedgerTopic.UPDATE))
                .hasSameSizeAs(recorded.records("from.", LedgerTopic.UPDATE));

        assertThat(RunDeletion.delete(kafka, "to.", Set.of(RUN), true))
                .hasEntrySatisfying(
                        "to.trajectory", offsets -> assertThat(offsets).isGreaterThanOrEqualTo(BLOCKS * POINTS));
        assertThat(points("to.")).isEmpty();
    }

    /** That the first record that is left is of a late step says nothing. */
    @Test
    void saysWhenTheFirstStepIsGone() throws Exception {
        createTopics("cut.", 1);
        recorded.announce("cut.", RUN);
        for (int step : new int[] {3, 2, 0, 4, 1}) {
            Update lost = header(step)
                    .setStepsCovered(1)
                    .setLost(SegmentLost.newBuilder().setReason("out of memory"))
                    .build();
            recorded.send("cut.", "r|0|0", lost.toByteArray());
        }
        RunFinished finished = RunFinished.newBuilder()
                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                .build();
        recorded.send("cut.", "r|0|0", header(5).setFinished(finished).build().toByteArray());

        drop("cut.update", 2);
        assertThat(replay(true).missingSteps()).isEqualTo(5);
        assertThat(replay(true).finished()).isTrue();
        assertThatThrownBy(() -> replay(false)) // the first step is there, and only lost
                .hasMessage("run: must have complete steps in cut.update. Found: none of r");

        drop("cut.update", 3);
        assertThatThrownBy(() -> replay(false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run: must be complete in cut.update (--partial uses what is left). Found: step 0 of r no"
                        + " longer exists, or has not been measured");
        assertThat(replay(true).missingSteps()).isEqualTo(5);
    }

    private static Update.Builder header(int step) {
        return Update.newBuilder()
                .setRun(RUN)
                .setSession(7)
                .setStep(step)
                .setChunksInStep(1)
                .setAnyOrder(true);
    }

    private ReplayedRun replay(boolean partial) throws InterruptedException {
        ReplaySettings settings = new ReplaySettings(
                "cut.", new TreeSet<>(Set.of(RUN)), StepRange.ALL, Optional.empty(), ResultSettings.DEFAULT, partial);
        return new Replay(settings, kafka, (topic, key, row, timestamp) -> {})
                .run(progress -> {})
                .runs()
                .getOrDefault(RUN, new ReplayedRun(0, 0, 0, 0, false));
    }

    private void createTopics(String prefix, int partitions) throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            TopicCreator.createMissing(admin, Processing.topics(prefix).withPartitions(partitions));
        }
    }

    private void drop(String topic, long before) throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get();
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> points(String prefix) {
        return new Results(broker.bootstrapServers(), prefix).read(LedgerTopic.TRAJECTORY);
    }
}
