package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topics under one prefix as a plain consumer of committed records sees them. */
final class Results {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(200);

    private static final List<LedgerTopic> ROWS = List.of(
            LedgerTopic.LAYER,
            LedgerTopic.UNIT,
            LedgerTopic.STEP,
            LedgerTopic.WINDOW,
            LedgerTopic.MOMENT,
            LedgerTopic.ALERT,
            LedgerTopic.PARAMETER);

    private final String bootstrapServers;
    private final String prefix;

    Results(String bootstrapServers, String prefix) {
        this.bootstrapServers = bootstrapServers;
        this.prefix = prefix;
    }

    /** Every committed record that is there now. */
    List<ConsumerRecord<byte[], byte[]>> read(LedgerTopic topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        each(topic, records::add);
        return records;
    }

    /** Calls back for every committed record that is there now, without holding them. */
    void each(LedgerTopic topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(reader);
            }
        }
    }

    /** Waits for a committed record; {@code check} runs between polls and may throw. */
    void await(LedgerTopic topic, String what, Runnable check, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            while (System.nanoTime() < deadline) {
                check.run();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (wanted.test(record)) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError(what + " did not come within " + PATIENCE);
    }

    /** Waits until these runs have their closing balance. */
    void awaitClosed(Set<String> runs, Runnable check) {
        Set<String> open = new HashSet<>(runs);
        await(LedgerTopic.WINDOW, "The closing balance of all of " + runs, check, record -> {
            if (window(record).getKind() == WindowKind.WINDOW_KIND_RUN) {
                open.remove(new String(record.key(), UTF_8));
            }
            return open.isEmpty();
        });
    }

    /**
     * Every result, canonical: for each result topic and run its rows in order, timestamp and bytes. Dead letters by key with
     * their reason, as their order across keys is nobody's contract.
     */
    SortedMap<String, List<String>> canonical() {
        SortedMap<String, List<String>> all = new TreeMap<>();
        for (LedgerTopic topic : ROWS) {
            each(topic, record -> add(all, topic, record, ""));
        }
        each(
                LedgerTopic.REJECTED,
                record -> add(
                        all,
                        LedgerTopic.REJECTED,
                        record,
                        new String(
                                record.headers().lastHeader("lossledger.reason").value(), UTF_8)));
        return all;
    }

    static int stepOf(ConsumerRecord<byte[], byte[]> record) {
        return merge(record, StepRow.newBuilder()).build().getStep();
    }

    private static WindowRow window(ConsumerRecord<byte[], byte[]> record) {
        return merge(record, WindowRow.newBuilder()).build();
    }

    private static <B extends Message.Builder> B merge(ConsumerRecord<byte[], byte[]> record, B row) {
        try {
            return RowFormat.read(record.value(), row);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static void add(
            SortedMap<String, List<String>> all,
            LedgerTopic topic,
            ConsumerRecord<byte[], byte[]> record,
            String reason) {
        all.computeIfAbsent(topic + " " + new String(record.key(), UTF_8), key -> new ArrayList<>())
                .add(record.timestamp() + " " + reason + text(topic, record.value()));
    }

    /** Rows of parameters were JSON once. */
    private static String text(LedgerTopic topic, byte[] value) {
        if (topic != LedgerTopic.PARAMETER || RowFormat.of(value) == RowFormat.JSON) {
            return new String(value, UTF_8);
        }
        try {
            ParameterRow row = RowFormat.read(value, ParameterRow.newBuilder()).build();
            return new String(RowFormat.JSON.serialize(row), UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(LedgerTopic topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic.named(prefix)).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
