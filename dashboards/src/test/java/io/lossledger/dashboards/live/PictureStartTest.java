package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.dashboards.live.history.ImageLayer;
import io.lossledger.dashboards.live.history.LayerKey;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.protocol.v1.ParameterRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PictureStartTest {
    private static final String TOPIC = "lossledger.parameter";
    private static final int PARTITIONS = 12;
    private static final int CHUNKS = 3;

    private final LayerKey key = new LayerKey("r", new ObjectiveKey("train", ""), "fc1");
    /** 48 weights, in chunks 2, 3 and 4 of 16 each. */
    private final PictureStart start = new PictureStart(key, new ImageLayer(0, 3, 4, 1), Instant.EPOCH);

    @Test
    void onlyThePartitionsOfTheTensorsChunksAreRead() {
        List<ConsumerRecord<String, byte[]>> rows = new ArrayList<>(step(PARTITIONS));
        rows.add(row("r|1|5", "fc1", 5));
        rows.add(row("q|0|2", "fc1", 6));

        assertThat(start.offsets(consumer(rows), ends(100)).keySet()).isEqualTo(placesOf(PARTITIONS));
    }

    @Test
    void allPartitionsAreReadAfterPartitionsWereAdded() {
        assertThat(start.offsets(consumer(step(5)), ends(100))).hasSize(PARTITIONS);
    }

    @Test
    void allPartitionsAreReadUntilAStepIsWhole() {
        List<ConsumerRecord<String, byte[]>> rows = step(PARTITIONS).subList(0, CHUNKS - 1);

        assertThat(start.offsets(consumer(rows), ends(1))).hasSize(PARTITIONS).doesNotContainValue(1L);
    }

    @Test
    void aChunkThatComesTwiceDoesNotMakeAStepWhole() {
        List<ConsumerRecord<String, byte[]>> rows =
                new ArrayList<>(step(PARTITIONS).subList(0, CHUNKS - 1));
        ConsumerRecord<String, byte[]> first = rows.get(0);
        rows.add(new ConsumerRecord<>(TOPIC, first.partition(), 1, first.key(), first.value()));

        assertThat(start.offsets(consumer(rows), ends(1))).hasSize(PARTITIONS);
    }

    @Test
    void rowsThatAreNotThereAreNotLookedForTwice() {
        List<ConsumerRecord<String, byte[]>> others = List.of(row("q|0|2", "fc1", 3));

        assertThat(start.offsets(consumer(others), ends(1))).isEqualTo(ends(1));
    }

    private static Set<TopicPartition> placesOf(int partitions) {
        return IntStream.range(2, 2 + CHUNKS)
                .mapToObj(chunk -> new TopicPartition(TOPIC, partition("r|0|" + chunk, partitions)))
                .collect(Collectors.toSet());
    }

    private static List<ConsumerRecord<String, byte[]>> step(int partitions) {
        return IntStream.range(2, 2 + CHUNKS)
                .mapToObj(chunk -> row("r|0|" + chunk, "fc1", partition("r|0|" + chunk, partitions)))
                .toList();
    }

    private static int partition(String key, int partitions) {
        return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions);
    }

    private static ConsumerRecord<String, byte[]> row(String key, String layer, int partition) {
        ParameterRow.Builder row =
                ParameterRow.newBuilder().setRun("r").setStep(7).setLayer(layer).setObjective("train");
        for (int i = 0; i < 16; i++) {
            row.addParameterLca(i);
        }
        return new ConsumerRecord<>(
                TOPIC,
                partition,
                0,
                0,
                TimestampType.CREATE_TIME,
                1,
                1,
                key,
                row.build().toByteArray(),
                new RecordHeaders(),
                Optional.empty());
    }

    private static Map<TopicPartition, Long> ends(long end) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ends.put(new TopicPartition(TOPIC, partition), end);
        }
        return ends;
    }

    /** Of an end of 1, everything has been read after the first poll. */
    private static MockConsumer<String, byte[]> consumer(List<ConsumerRecord<String, byte[]>> rows) {
        MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest") {
            @Override
            public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                    Map<TopicPartition, Long> times, Duration timeout) {
                return times.keySet().stream()
                        .collect(Collectors.toMap(each -> each, each -> new OffsetAndTimestamp(0, 1)));
            }
        };
        consumer.updateBeginningOffsets(ends(0));
        consumer.updateEndOffsets(ends(1));
        consumer.schedulePollTask(() -> rows.forEach(consumer::addRecord));
        consumer.schedulePollTask(() -> ends(1).keySet().forEach(partition -> consumer.seek(partition, 1)));
        return consumer;
    }
}
