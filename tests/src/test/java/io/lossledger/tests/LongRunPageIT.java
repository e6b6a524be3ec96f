package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.protobuf.Message;
import io.lossledger.dashboards.live.LiveServer;
import io.lossledger.dashboards.live.LiveSettings;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.MemoryLedger;
import io.lossledger.streams.replay.RowSink;
import io.lossledger.streams.replay.TopicSink;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The live page draws a run of 4,303 steps from its buckets as from its rows. Where only buckets can be the source, the rows that they hold
 * were never written. The clock of the trainer is set back again and again, and another run is written beside.
 */
class LongRunPageIT {
    private static final int STEPS = 4_303;
    private static final int HELD = STEPS / 4 * 4;
    /** Rows of another run between those of this run's newest steps. */
    private static final int MANY = 1_500;

    private static final String RUN = "long";
    private static final long START = 1_700_000_000_000L;

    private static EmbeddedBroker broker;
    private static Map<String, Object> kafka;
    private static final List<Written> written = new ArrayList<>();
    private static JsonObject expected;
    private static String expectedLayers;
    private static JsonObject expectedAtEnd;

    /** A row as the processor writes it. */
    private record Written(LedgerTopic topic, Message row, long millis, int step) {}

    @BeforeAll
    static void book(@TempDir Path directory) throws Exception {
        broker = EmbeddedBroker.start(0, directory);
        kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        int[] current = {0};
        MemoryLedger ledger = new MemoryLedger(
                ResultSettings.DEFAULT,
                Optional.empty(),
                StepRange.ALL,
                false,
                (topic, key, row, millis) -> written.add(new Written(topic, row, millis, current[0])));
        Random random = new Random(3);
        for (int step = 0; step <= STEPS; step++) {
            current[0] = step;
            long millis = START + 100L * step - 1_000L * random.nextInt(60);
            for (int chunk = 0; chunk < 2; chunk++) {
                Update update = update(step, chunk, random);
                ledger.book(UpdateKey.of(update).getBytes(StandardCharsets.UTF_8), update.toByteArray(), millis);
            }
        }
        write("rows.", row -> row.topic != LedgerTopic.BUCKET && row.step < STEPS);
        expected = snapshot("rows.");
        expectedLayers = layers("rows.");
        assertThat(expected.get("steps_booked").getAsInt()).isEqualTo(STEPS);
        write("ended.", row -> row.topic != LedgerTopic.BUCKET);
        expectedAtEnd = snapshot("ended.");
        assertThat(expectedAtEnd.get("outcome").getAsString()).isEqualTo("RUN_STATUS_FINISHED");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aRunningRunIsDrawnFromItsBucketsAndTheRowsAfterThem() throws Exception {
        write("buckets.", row -> row.step < STEPS && (row.topic == LedgerTopic.BUCKET || row.step >= HELD - 3));

        assertThat(withoutNotes(snapshot("buckets."))).isEqualTo(withoutNotes(expected));
        assertThat(layers("buckets.")).isEqualTo(expectedLayers);
    }

    @Test
    void anEndedRunIsDrawnFromItsBucketsAlone() throws Exception {
        write("done.", row -> row.topic == LedgerTopic.BUCKET);

        assertThat(withoutNotes(snapshot("done."))).isEqualTo(withoutNotes(expectedAtEnd));
    }

    /** The run has lost its bucket, or Kafka has refused the row, and thousands of windows of other runs follow. */
    @Test
    void theOutcomeOfARunWithoutALastBucketIsFoundFarBack() throws Exception {
        write("lost.", row -> row.step < STEPS || row.topic != LedgerTopic.BUCKET);
        try (TopicSink sink = TopicSink.open(kafka, "lost.", RowFormat.JSON, "lost.")) {
            RunManifest ended = manifest().toBuilder()
                    .setEnded(Timestamps.fromMillis(START + 100L * STEPS))
                    .build();
            sink.accept(LedgerTopic.RUN, RUN, ended, START);
            for (int i = 0; i < 2_100; i++) {
                sink.accept(LedgerTopic.WINDOW, otherRun(), WindowRow.getDefaultInstance(), START + i);
            }
            sink.commit();
        }

        assertThat(snapshot("lost.").get("outcome")).isEqualTo(expectedAtEnd.get("outcome"));
    }

    @Test
    void aRunOfWhichABucketIsMissingIsDrawnFromItsRows() throws Exception {
        write(
                "hole.",
                row -> row.step < STEPS && !(row.row instanceof BucketRow bucket && bucket.getStepsBefore() == 2_000));

        assertThat(snapshot("hole.")).isEqualTo(expected);
    }

    /** As if the rows after the newest bucket had gone to a partition that was added. */
    @Test
    void aRunWhoseRowsDoNotContinueItsBucketsIsDrawnFromItsRows() throws Exception {
        write("grown.", row -> row.step < STEPS);
        try (Admin admin = Admin.create(kafka)) {
            for (LedgerTopic topic : List.of(LedgerTopic.STEP, LedgerTopic.LAYER)) {
                admin.createPartitions(Map.of(topic.named("grown."), NewPartitions.increaseTo(7)))
                        .all()
                        .get();
            }
        }

        assertThat(snapshot("grown.")).isEqualTo(expected);
    }

    /** A run of an earlier version. */
    @Test
    void aRunWithoutATopicOfBucketsIsDrawnFromItsRows() throws Exception {
        write("old.", row -> row.step < STEPS && row.topic != LedgerTopic.BUCKET);
        try (Admin admin = Admin.create(kafka)) {
            admin.deleteTopics(List.of(LedgerTopic.BUCKET.named("old."))).all().get();
        }

        assertThat(snapshot("old.")).isEqualTo(expected);
    }

    /** Moments and alerts are not written where only buckets are. */
    private static JsonObject withoutNotes(JsonObject document) {
        JsonObject copy = document.deepCopy();
        List.of("moments", "alerts", "verdicts").forEach(copy::remove);
        return copy;
    }

    private static void write(String prefix, Predicate<Written> wanted) throws Exception {
        Processing.createTopics(broker.bootstrapServers(), prefix);
        try (TopicSink sink = TopicSink.open(kafka, prefix, RowFormat.JSON, prefix)) {
            sink.accept(LedgerTopic.RUN, RUN, manifest(), START);
            int count = 0;
            int step = 0;
            for (Written row : written) {
                for (int i = 0; row.step == STEPS - 2 && row.step > step && i < MANY; i++) {
                    other(sink, i);
                }
                step = row.step;
                if (wanted.test(row)) {
                    sink.accept(row.topic, RUN, row.row, row.millis);
                }
                if (++count % 500 == 0) {
                    other(sink, count);
                    sink.commit();
                }
            }
            sink.commit();
        }
    }

    private static void other(RowSink sink, int count) {
        String other = otherRun();
        StepRow step = StepRow.newBuilder().setStep(count).setObjective("train").build();
        sink.accept(LedgerTopic.STEP, other, step, START + count);
        sink.accept(LedgerTopic.LAYER, other, LayerRow.getDefaultInstance(), START + count);
    }

    /** In the same partition. */
    private static String otherRun() {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "other" + i)
                .filter(run ->
                        RunId.partitionOf(run, Processing.PARTITIONS) == RunId.partitionOf(RUN, Processing.PARTITIONS))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject snapshot(String prefix) throws Exception {
        try (LiveServer server = server(prefix)) {
            return ServerEvents.await(
                    "http://127.0.0.1:" + server.port() + "/api/runs/" + RUN + "/stream",
                    "snapshot",
                    told -> !told.get("reading").getAsBoolean());
        }
    }

    private static String layers(String prefix) throws Exception {
        try (LiveServer server = server(prefix)) {
            String run = "http://127.0.0.1:" + server.port() + "/api/runs/" + RUN;
            ServerEvents.await(
                    run + "/stream", "snapshot", told -> !told.get("reading").getAsBoolean());
            HttpRequest request = HttpRequest.newBuilder(URI.create(run + "/layers?from=700&to=3100"))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static LiveServer server(String prefix) {
        return new LiveServer(LiveSettings.of(LiveSettings.DEFAULT_HOST, 0, prefix, 0.01, kafka));
    }

    private static RunManifest manifest() {
        return RunManifest.newBuilder()
                .setRun(RUN)
                .setStarted(Timestamps.fromMillis(START))
                .addObjectives(ObjectiveManifest.newBuilder().setName("train"))
                .addLayers(LayerManifest.newBuilder().setLayer("layer0"))
                .addLayers(LayerManifest.newBuilder().setLayer("layer1"))
                .build();
    }

    /** Multiples of 1/64, so that sums are exact in any order. */
    private static Update update(int step, int chunk, Random random) {
        Update.Builder update = Update.newBuilder()
                .setRun(RUN)
                .setStep(step)
                .setTensor(chunk)
                .setChunk(chunk)
                .setChunksInStep(2)
                .setSession(7);
        if (step == STEPS) {
            return update.setFinished(RunFinished.newBuilder().setOutcome(RunStatus.RUN_STATUS_FINISHED))
                    .build();
        }
        NodeGradients.Builder nodes = NodeGradients.newBuilder();
        double slope = random.nextInt(-32, 33) / 8.0;
        for (int i = 0; i < 3; i++) {
            nodes.addNode(VectorBytes.encode(new double[] {slope}, 0, 1));
        }
        return update.setTensorChunk(TensorChunk.newBuilder()
                        .setTensorName("w" + chunk)
                        .setLayer("layer" + chunk)
                        .setLayerIndex(chunk)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT64)
                        .setCount(1)
                        .setDelta(VectorBytes.encode(new double[] {random.nextInt(-32, 33) / 8.0}, 0, 1))
                        .addObjectives(ObjectiveChunk.newBuilder()
                                .setName("train")
                                .setWeight(1)
                                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                                .setLossStart(step % 8)
                                .setLossEnd((step + 1) % 8)
                                .setNodes(nodes)))
                .build();
    }
}
