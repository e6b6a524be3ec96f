package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LedgerReaderTest {
    private static final int PARTITIONS = 3;
    private static final String RUN = "a";
    /** In the same partition as {@link #RUN}. */
    private static final String NEIGHBOUR = IntStream.range(0, 100)
            .mapToObj(i -> RUN + i)
            .filter(run -> RunId.partitionOf(run, PARTITIONS) == RunId.partitionOf(RUN, PARTITIONS))
            .findFirst()
            .orElseThrow();

    private final MockConsumer<String, byte[]> kafka = new MockConsumer<>("earliest");
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final LedgerReader reader = new LedgerReader(new TopicScan(kafka, Duration.ofSeconds(20)), "team.");

    @ParameterizedTest
    @EnumSource
    void readsTheRowsOfARunInEitherFormatAndInOrder(RowFormat format) {
        make(LedgerTopic.LAYER);
        List<LayerRow> written = new ArrayList<>();
        for (int step = 0; step < 5; step++) {
            written.add(row(step));
            put(LedgerTopic.LAYER, RUN, format.serialize(row(step)));
            put(
                    LedgerTopic.LAYER,
                    NEIGHBOUR,
                    format.serialize(row(step).toBuilder().setRun(NEIGHBOUR).build()));
        }
        assertThat(read(LayerRow.class)).isEqualTo(written);
        assertThat(reader.unreadable()).isZero();
    }

    @Test
    void readsTheRowsOfAllRuns() {
        make(LedgerTopic.LAYER);
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(0)));
        put(
                LedgerTopic.LAYER,
                NEIGHBOUR,
                RowFormat.PROTOBUF.serialize(
                        row(0).toBuilder().setRun(NEIGHBOUR).build()));
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(1)));
        List<LayerRow> read = new ArrayList<>();

        reader.read(LayerRow.class, read::add);

        assertThat(read)
                .containsExactly(row(0), row(0).toBuilder().setRun(NEIGHBOUR).build(), row(1));
    }

    /** As its rows do whose topic had fewer partitions when the run began. */
    @Test
    void findsRowsInAnyPartition() {
        make(LedgerTopic.LAYER);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            put("team.layer", partition, RUN, RowFormat.JSON.serialize(row(partition)));
        }
        assertThat(read(LayerRow.class)).containsExactlyInAnyOrder(row(0), row(1), row(2));
    }

    @Test
    void readsTheChunksOfARunFromAllPartitions() {
        make(LedgerTopic.UPDATE);
        for (int chunk = 0; chunk < 20; chunk++) {
            put(LedgerTopic.UPDATE, RUN + "|0|" + chunk, update(RUN, chunk).toByteArray());
            put(
                    LedgerTopic.UPDATE,
                    NEIGHBOUR + "|0|" + chunk,
                    update(NEIGHBOUR, chunk).toByteArray());
        }
        assertThat(read(Update.class)).hasSize(20).extracting(Update::getRun).containsOnly(RUN);
        assertThat(kafka.assignment()).hasSize(PARTITIONS);
    }

    @Test
    void readsAgainFromTheStart() {
        make(LedgerTopic.LAYER);
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(0)));
        assertThat(read(LayerRow.class)).containsExactly(row(0));
        kafka.schedulePollTask(
                () -> kafka.addRecord(record(LedgerTopic.LAYER, RUN, 0, RowFormat.JSON.serialize(row(0)))));
        assertThat(read(LayerRow.class)).containsExactly(row(0));
    }

    @Test
    void omitsRowsThatArriveWhileItReads() {
        make(LedgerTopic.LAYER);
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(0)));
        kafka.schedulePollTask(
                () -> kafka.addRecord(record(LedgerTopic.LAYER, RUN, 1, RowFormat.JSON.serialize(row(1)))));
        assertThat(read(LayerRow.class)).containsExactly(row(0));
    }

    /** Markers of transactions and aborted rows take up offsets too. */
    @Test
    void endsWhenTheLastOffsetsHoldNoRow() {
        make(LedgerTopic.LAYER);
        TopicPartition partition = new TopicPartition("team.layer", RunId.partitionOf(RUN, PARTITIONS));
        kafka.updateEndOffsets(Map.of(partition, 4L));
        kafka.schedulePollTask(() -> kafka.seek(partition, 4));
        assertThat(read(LayerRow.class)).isEmpty();
    }

    @Test
    void skipsAndCountsRowsThatItCannotParse() {
        make(LedgerTopic.LAYER);
        put(LedgerTopic.LAYER, RUN, "{\"step\":-1}".getBytes(StandardCharsets.UTF_8));
        put(LedgerTopic.LAYER, RUN, "no row".getBytes(StandardCharsets.UTF_8));
        put(LedgerTopic.LAYER, NEIGHBOUR, "no row".getBytes(StandardCharsets.UTF_8));
        put(LedgerTopic.LAYER, RUN, null);
        put(LedgerTopic.LAYER, null, RowFormat.JSON.serialize(row(1)));
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(2)));
        assertThat(read(LayerRow.class)).containsExactly(row(2));
        assertThat(reader.unreadable()).isEqualTo(2);
    }

    @Test
    void followsUntilItIsToldToStop() {
        make(LedgerTopic.LAYER);
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(0)));
        kafka.schedulePollTask(() -> {}); // nothing came
        for (int step = 1; step < 4; step++) {
            byte[] next = RowFormat.PROTOBUF.serialize(row(step));
            long offset = 2L * step;
            kafka.schedulePollTask(() -> {
                kafka.addRecord(record(LedgerTopic.LAYER, RUN, offset, next));
                kafka.addRecord(record(LedgerTopic.LAYER, NEIGHBOUR, offset + 1, next));
            });
        }
        List<LayerRow> rows = new ArrayList<>();
        reader.follow(LayerRow.class, RUN, rows::add, () -> rows.size() == 3);
        assertThat(rows).containsExactly(row(0), row(1), row(2));
    }

    @Test
    void passesOnNothingAfterItIsToldToStop() {
        make(LedgerTopic.LAYER);
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(0)));
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(1)));
        List<LayerRow> rows = new ArrayList<>();
        reader.follow(LayerRow.class, RUN, rows::add, () -> !rows.isEmpty());
        assertThat(rows).containsExactly(row(0));
    }

    @Test
    void returnsTheNewestManifestOfEveryRun() {
        make(LedgerTopic.RUN);
        put(LedgerTopic.RUN, RUN, RowFormat.JSON.serialize(manifest(RUN, "old")));
        put(LedgerTopic.RUN, "b", RowFormat.JSON.serialize(manifest("b", "other")));
        put(LedgerTopic.RUN, "gone", RowFormat.JSON.serialize(manifest("gone", "")));
        put(LedgerTopic.RUN, RUN, RowFormat.JSON.serialize(manifest(RUN, "new")));
        put(LedgerTopic.RUN, "gone", null);
        put(LedgerTopic.RUN, "b", "no manifest".getBytes(StandardCharsets.UTF_8));
        assertThat(reader.runs()).isEqualTo(Map.of(RUN, manifest(RUN, "new"), "b", manifest("b", "other")));
    }

    @Test
    void refusesATopicThatIsMissing() {
        assertThatThrownBy(() -> read(ParameterRow.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topic: must exist (create it with: lossledger topics --create). Found: no team.parameter");
    }

    @Test
    void refusesATypeWithoutATopic() {
        assertThatThrownBy(() -> read(StringValue.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("type: must be the message of a topic. Found: com.google.protobuf.StringValue");
    }

    @Test
    void refusesAnInvalidRunId() {
        make(LedgerTopic.UPDATE);
        assertThatThrownBy(() -> reader.read(Update.class, "a|0", update -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: a|0");
    }

    @Test
    void doesNotWaitForeverForAKafkaThatDoesNotAnswer() {
        LedgerReader impatient = new LedgerReader(new TopicScan(kafka, Duration.ofMillis(1)), "team.");
        make(LedgerTopic.LAYER);
        TopicPartition partition = new TopicPartition("team.layer", RunId.partitionOf(RUN, PARTITIONS));
        kafka.updateEndOffsets(Map.of(partition, 7L));
        assertThatThrownBy(() -> impatient.read(LayerRow.class, RUN, row -> {}))
                .isInstanceOf(TimeoutException.class)
                .hasMessage(
                        "Reading of [team.layer-0, team.layer-1, team.layer-2] has stood still for 0 s, 7 records before the end");
    }

    @Test
    void passesOnACallbacksExceptionAndCanBeUsedAgain() {
        make(LedgerTopic.LAYER);
        put(LedgerTopic.LAYER, RUN, RowFormat.JSON.serialize(row(0)));
        IllegalStateException fault = new IllegalStateException("enough");
        assertThatThrownBy(() -> reader.read(LayerRow.class, RUN, row -> {
                    throw fault;
                }))
                .isSameAs(fault);
        kafka.schedulePollTask(
                () -> kafka.addRecord(record(LedgerTopic.LAYER, RUN, 0, RowFormat.JSON.serialize(row(0)))));
        assertThat(read(LayerRow.class)).containsExactly(row(0));
    }

    @Test
    void closesItsConsumer() {
        reader.close();
        assertThat(kafka.closed()).isTrue();
    }

    private <R extends Message> List<R> read(Class<R> type) {
        List<R> rows = new ArrayList<>();
        reader.read(type, RUN, rows::add);
        return rows;
    }

    private void make(LedgerTopic topic) {
        List<PartitionInfo> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Node node = new Node(1, "localhost", 9092);
            partitions.add(
                    new PartitionInfo(topic.named("team."), partition, node, new Node[] {node}, new Node[] {node}));
            TopicPartition name = new TopicPartition(topic.named("team."), partition);
            kafka.updateBeginningOffsets(Map.of(name, 0L));
            kafka.updateEndOffsets(Map.of(name, 0L));
            ends.put(name, 0L);
        }
        kafka.updatePartitions(topic.named("team."), partitions);
    }

    /** Stands in the topic before it is read. */
    private void put(LedgerTopic topic, @Nullable String key, byte @Nullable [] value) {
        put(topic.named("team."), partitionOf(key), key, value);
    }

    private void put(String topic, int number, @Nullable String key, byte @Nullable [] value) {
        TopicPartition partition = new TopicPartition(topic, number);
        long offset = ends.merge(partition, 1L, Long::sum) - 1;
        kafka.updateEndOffsets(Map.of(partition, offset + 1));
        kafka.schedulePollTask(() -> {
            if (kafka.assignment().contains(partition)) {
                kafka.addRecord(new ConsumerRecord<>(topic, number, offset, key, value));
            }
        });
    }

    private static ConsumerRecord<String, byte[]> record(
            LedgerTopic topic, @Nullable String key, long offset, byte @Nullable [] value) {
        return new ConsumerRecord<>(topic.named("team."), partitionOf(key), offset, key, value);
    }

    private static int partitionOf(@Nullable String key) {
        return RunId.partitionOf(key == null ? RUN : key, PARTITIONS);
    }

    private static LayerRow row(int step) {
        return LayerRow.newBuilder()
                .setRun(RUN)
                .setStep(step)
                .setLayer("fc1")
                .setLca(-0.1 * (step + 1))
                .build();
    }

    private static Update update(String run, int chunk) {
        return Update.newBuilder().setRun(run).setChunk(chunk).build();
    }

    private static RunManifest manifest(String run, String model) {
        return RunManifest.newBuilder().setRun(run).setModel(model).build();
    }
}
