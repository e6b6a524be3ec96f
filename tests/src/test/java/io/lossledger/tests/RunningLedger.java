package io.lossledger.tests;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.LedgerProcessor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** A real broker with the processor beside it, and a plain consumer's view of the results. */
final class RunningLedger implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path directory;
    private final int port;
    private @Nullable EmbeddedBroker broker;
    private final String bootstrapServers;
    private final LedgerProcessor processor;

    private RunningLedger(
            Path directory,
            int port,
            @Nullable EmbeddedBroker broker,
            String bootstrapServers,
            LedgerProcessor processor) {
        this.directory = directory;
        this.port = port;
        this.broker = broker;
        this.bootstrapServers = bootstrapServers;
        this.processor = processor;
    }

    static RunningLedger start(Path directory) throws Exception {
        return start(directory, 0);
    }

    static RunningLedger start(Path directory, int port) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(port, directory);
        try {
            return new RunningLedger(
                    directory, port, broker, broker.bootstrapServers(), process(broker.bootstrapServers(), directory));
        } catch (Exception | AssertionError e) {
            broker.close(); // a broker whose folder is deleted under it halts the JVM
            throw e;
        }
    }

    /** Beside a broker that somebody else runs. */
    static RunningLedger at(String bootstrapServers, Path directory) throws Exception {
        return new RunningLedger(directory, 0, null, bootstrapServers, process(bootstrapServers, directory));
    }

    private static LedgerProcessor process(String bootstrapServers, Path directory) throws Exception {
        Processing.createTopics(bootstrapServers, "lossledger.");
        LedgerProcessor processor =
                new LedgerProcessor(Processing.settings(bootstrapServers, "lossledger.", directory.resolve("streams")));
        processor.start();
        return processor;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    PublisherSettings publishing() {
        return new PublisherSettings(
                "lossledger.",
                64 << 10,
                PublisherSettings.DEFAULT_PATIENCE,
                Map.of("bootstrap.servers", bootstrapServers()));
    }

    /** Takes the broker away; the processor stays. */
    void stopBroker() {
        Objects.requireNonNull(broker).close();
    }

    /** Brings the broker back, with all its records. */
    void restartBroker() {
        broker = EmbeddedBroker.start(port, directory);
    }

    /** Waits for the closing balance of the whole model. */
    WindowRow closing(String run) throws InvalidProtocolBufferException {
        return await(
                LedgerTopic.WINDOW,
                run,
                WindowRow.class,
                row -> row.getKind() == WindowKind.WINDOW_KIND_RUN
                        && row.getLayer().isEmpty()
                        && row.getPart().isEmpty());
    }

    /** Waits for a committed row of a run. */
    <T extends Message> T await(LedgerTopic topic, String run, Class<T> type, Predicate<T> wanted)
            throws InvalidProtocolBufferException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<String, byte[]> consumer = consumer(topic)) {
            while (System.nanoTime() < deadline) {
                if (processor.failure().isPresent()) {
                    throw new AssertionError(
                            "The processor stopped", processor.failure().get());
                }
                for (ConsumerRecord<String, byte[]> entry : consumer.poll(Duration.ofMillis(200))) {
                    if (run.equals(entry.key())) {
                        T row = row(entry, topic, type);
                        if (wanted.test(row)) {
                            return row;
                        }
                    }
                }
            }
        }
        throw new AssertionError("The row of run " + run + " did not come within " + PATIENCE);
    }

    /** Records that a topic has taken so far. */
    long records(LedgerTopic topic) {
        try (KafkaConsumer<String, byte[]> consumer = consumer(topic)) {
            return consumer.endOffsets(consumer.assignment()).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    /** Waits for this many dead letters. */
    List<ConsumerRecord<String, byte[]>> rejected(int count) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer(LedgerTopic.REJECTED)) {
            while (letters.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
            }
        }
        return letters;
    }

    /** All committed rows of a run that are there now. */
    <T extends Message> List<T> rows(LedgerTopic topic, String run, Class<T> type)
            throws InvalidProtocolBufferException {
        List<T> rows = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer(topic)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> entry : consumer.poll(Duration.ofMillis(200))) {
                    if (run.equals(entry.key())) {
                        rows.add(row(entry, topic, type));
                    }
                }
            }
        }
        return rows;
    }

    @Override
    public void close() {
        processor.close();
        if (broker != null) {
            broker.close();
        }
    }

    private KafkaConsumer<String, byte[]> consumer(LedgerTopic topic) {
        KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic.named("lossledger.")).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private static <T extends Message> T row(ConsumerRecord<String, byte[]> entry, LedgerTopic topic, Class<T> type)
            throws InvalidProtocolBufferException {
        Message.Builder row = topic.value().orElseThrow().newBuilderForType();
        RowFormat.JSON.merge(entry.value(), row);
        return type.cast(row.build());
    }
}
