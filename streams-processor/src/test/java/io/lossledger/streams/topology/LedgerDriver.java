package io.lossledger.streams.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.letters.RejectionListener;
import io.lossledger.streams.metrics.LedgerMetrics;
import io.lossledger.streams.windows.WindowSpec;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The whole topology under Kafka's test driver: updates in, rows out. */
public final class LedgerDriver implements AutoCloseable {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LedgerMetrics metrics;
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> input;

    public LedgerDriver(Path directory) {
        this(settings(directory, WindowSpec.ofSteps(3)));
    }

    public LedgerDriver(ProcessorSettings settings) {
        this(settings, Clock.systemUTC());
    }

    /** @param clock what metrics go by */
    public LedgerDriver(ProcessorSettings settings, Clock clock) {
        this(settings, clock, true);
    }

    /** @param watched whether metrics are told of anything */
    public LedgerDriver(ProcessorSettings settings, Clock clock, boolean watched) {
        metrics = new LedgerMetrics(registry, clock);
        ProcessorListener listener = watched ? metrics : ProcessorListener.NONE;
        Properties properties = settings.streamsProperties();
        properties.put(RejectionListener.CONFIG, listener);
        driver = new TopologyTestDriver(LedgerTopology.build(settings, listener), properties);
        input = driver.createInputTopic(
                LedgerTopic.UPDATE.named("lossledger."), new ByteArraySerializer(), new ByteArraySerializer());
    }

    public static ProcessorSettings settings(Path directory, WindowSpec... windows) {
        ResultSettings some = ResultSettings.DEFAULT;
        return settings(
                directory,
                new ResultSettings(
                        List.of(windows),
                        some.alertSteps(),
                        some.residualTolerance(),
                        some.falseAlarmRate(),
                        some.maxPendingSteps(),
                        false));
    }

    public static ProcessorSettings settings(Path directory, ResultSettings results) {
        return new ProcessorSettings(
                "localhost:1", "ledger-test", TopicSettings.DEFAULT, RowFormat.JSON, results, 1, directory, Map.of());
    }

    public void send(Update... updates) {
        for (Update update : updates) {
            send(UpdateKey.of(update).getBytes(StandardCharsets.UTF_8), update.toByteArray());
        }
    }

    public void sendAt(long timestampMillis, Update update) {
        input.pipeInput(new TestRecord<>(
                UpdateKey.of(update).getBytes(StandardCharsets.UTF_8),
                update.toByteArray(),
                Instant.ofEpochMilli(timestampMillis)));
    }

    public void send(byte[] key, byte @Nullable [] value) {
        input.pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(1_000)));
    }

    /** Puts bytes where only the application itself should write. */
    public void sendInternally(byte[] key, byte[] value) {
        driver.createInputTopic(
                        "ledger-test-chunks-by-run-repartition", new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(1_000)));
    }

    public void send(byte[] key, byte[] value, Headers headers) {
        input.pipeInput(new TestRecord<>(key, value, headers, Instant.ofEpochMilli(1_000)));
    }

    /** Lets the wall clock go on. */
    public void advance(Duration time) {
        driver.advanceWallClockTime(time);
    }

    public List<LayerRow> layers() {
        return rows(LedgerTopic.LAYER, LayerRow.class);
    }

    public List<UnitRow> units() {
        return rows(LedgerTopic.UNIT, UnitRow.class);
    }

    public List<StepRow> steps() {
        return rows(LedgerTopic.STEP, StepRow.class);
    }

    public List<WindowRow> windows() {
        return rows(LedgerTopic.WINDOW, WindowRow.class);
    }

    public List<MomentRow> moments() {
        return rows(LedgerTopic.MOMENT, MomentRow.class);
    }

    public List<AlertRow> alerts() {
        return rows(LedgerTopic.ALERT, AlertRow.class);
    }

    public List<BucketRow> buckets() {
        return rows(LedgerTopic.BUCKET, BucketRow.class);
    }

    List<ParameterRow> parameters() {
        return rows(LedgerTopic.PARAMETER, ParameterRow.class);
    }

    public List<TestRecord<byte[], byte[]>> rejected() {
        return records(LedgerTopic.REJECTED);
    }

    /** Key, timestamp and value of everything that was written to a topic since the last call. */
    public List<String> canonical(LedgerTopic topic) {
        return records(topic).stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8) + "@" + record.timestamp() + " "
                        + text(topic, record.value()))
                .toList();
    }

    /** A binary row as JSON; dead letters as they are. */
    private static String text(LedgerTopic topic, byte[] value) {
        if (topic.value().isEmpty() || RowFormat.of(value) == RowFormat.JSON) {
            return new String(value, StandardCharsets.UTF_8);
        }
        try {
            Message row = RowFormat.read(value, topic.value().get().newBuilderForType())
                    .build();
            return new String(RowFormat.JSON.serialize(row), StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** The bytes of everything that was written to a topic since the last call. */
    List<byte[]> values(LedgerTopic topic) {
        return records(topic).stream().map(TestRecord::value).toList();
    }

    /** Records that were written to a topic since the last call. */
    long count(LedgerTopic topic) {
        return records(topic).size();
    }

    /** Whether a chunk waits for the others of its step. */
    boolean isPending(Update update) {
        String key = String.format(Locale.ROOT, "%s|%010d|%010d", update.getRun(), update.getStep(), update.getChunk());
        return store(LedgerStores.PENDING_CHUNKS_STORE).get(key) != null;
    }

    public KeyValueStore<String, MessageLite> store(String name) {
        return driver.getKeyValueStore(name);
    }

    /** The keys in a store, in order. */
    public List<String> keys(String store) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, MessageLite> all = store(store).all()) {
            all.forEachRemaining(entry -> keys.add(entry.key));
        }
        return keys;
    }

    double metric(String name) {
        return driver.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name))
                .mapToDouble(metric -> ((Number) metric.getValue().metricValue()).doubleValue())
                .sum();
    }

    /** What monitoring sees. */
    public MeterRegistry meters() {
        return registry;
    }

    public LedgerMetrics metrics() {
        return metrics;
    }

    /** A counter of monitoring, summed over its tags; 0 when there is none. */
    public double counted(LedgerMetric metric) {
        return registry.find(metric.meterName()).meters().stream()
                .flatMap(meter -> StreamSupport.stream(meter.measure().spliterator(), false))
                .mapToDouble(Measurement::getValue)
                .sum();
    }

    @Override
    public void close() {
        driver.close();
    }

    private List<TestRecord<byte[], byte[]>> records(LedgerTopic topic) {
        return driver.createOutputTopic(
                        topic.named("lossledger."), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private <T extends Message> List<T> rows(LedgerTopic topic, Class<T> type) {
        List<T> rows = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : records(topic)) {
            try {
                Message.Builder row = topic.value().orElseThrow().newBuilderForType();
                rows.add(type.cast(RowFormat.read(record.value(), row).build()));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
        return rows;
    }
}
