package io.lossledger.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.RunManifest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics of the ledger as messages:
 *
 * <pre>{@code
 * try (LedgerReader ledger = LedgerReader.connect(Map.of("bootstrap.servers", "localhost:9092"), "lossledger.")) {
 *     ledger.read(LayerRow.class, "my-run", row -> System.out.println(row.getStep() + " " + row.getLayer() + " " + row.getLca()));
 * }
 * }</pre>
 *
 * <p>The type of the message selects the topic. The reader returns committed rows, in either format, each once. Rows of
 * a run come in step order; updates and rows of parameters only within a chunk, because their chunks are in several
 * partitions. All partitions of the topic are read, because it may have had fewer when the run began; rows from before
 * and after such a change may mix.
 *
 * <p>It has no consumer group and commits nothing. A row that cannot be parsed is skipped and counted. An exception
 * from a callback ends the reading and is passed to the caller; the reader can be used again. Not thread-safe.
 */
public final class LedgerReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerReader.class);

    /** Clocks of trainers and brokers differ. */
    private static final long CLOCK_SLACK_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final TopicScan scan;
    private final String topicPrefix;
    private long unreadable;

    LedgerReader(TopicScan scan, String topicPrefix) {
        this.scan = scan;
        this.topicPrefix = topicPrefix;
    }

    /**
     * A reader that does not contact Kafka before its first use.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @param topicPrefix prefix of the topics; by default {@link TopicSettings#DEFAULT_PREFIX}
     * @throws org.apache.kafka.common.KafkaException when the settings are wrong
     */
    public static LedgerReader connect(Map<String, Object> kafka, String topicPrefix) {
        return new LedgerReader(TopicScan.with(kafka), topicPrefix);
    }

    /**
     * Passes on all existing rows of a run.
     *
     * @param type message of the topic, such as {@code LayerRow.class}
     * @throws IllegalArgumentException when no topic has this type, the run id is invalid, or the topic does not exist
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer, or reading makes no progress,
     *     for half a minute
     */
    public <R extends Message> void read(Class<R> type, String run, Consumer<? super R> rows) {
        read(type, run, TopicScan.BEGINNING, rows);
    }

    /**
     * The same for a run with a known manifest: rows written more than an hour before its start are not fetched.
     *
     * @param run its manifest; everything is read if it has no valid start time
     */
    public <R extends Message> void read(Class<R> type, RunManifest run, Consumer<? super R> rows) {
        boolean reported = run.hasStarted() && Timestamps.isValid(run.getStarted());
        long started = reported ? Timestamps.toMillis(run.getStarted()) - CLOCK_SLACK_MILLIS : 0;
        read(type, run.getRun(), Math.max(TopicScan.BEGINNING, started), rows);
    }

    /**
     * Passes on all existing rows of all runs; those of a run in step order.
     *
     * @throws IllegalArgumentException when no topic has this type, or the topic does not exist
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer, or reading makes no progress,
     *     for half a minute
     */
    public <R extends Message> void read(Class<R> type, Consumer<? super R> rows) {
        LedgerTopic topic = LedgerTopic.of(type);
        scan.read(scan.partitions(topic.named(topicPrefix)), entry -> handOn(entry, topic, type, rows));
    }

    /**
     * Passes on all existing rows of a run, then new ones. Waits while Kafka is unreachable.
     *
     * @param until true to stop; called before each record, and at least several times a second
     * @throws IllegalArgumentException when no topic has this type, the run id is invalid, or the topic does not exist
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer for half a minute at the start
     */
    public <R extends Message> void follow(Class<R> type, String run, Consumer<? super R> rows, BooleanSupplier until) {
        LedgerTopic topic = LedgerTopic.of(type);
        scan.follow(partitions(topic, run), entry -> handOn(entry, topic, type, run, rows), until);
    }

    /**
     * The newest manifest of every run, by run id.
     *
     * @throws IllegalArgumentException when the topic does not exist
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer, or reading makes no progress,
     *     for half a minute
     */
    public Map<String, RunManifest> runs() {
        return RunManifests.read(scan, topicPrefix);
    }

    /** The number of rows of requested runs that could not be parsed, since this reader was created. */
    public long unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        scan.close();
    }

    private <R extends Message> void read(Class<R> type, String run, long fromMillis, Consumer<? super R> rows) {
        LedgerTopic topic = LedgerTopic.of(type);
        scan.read(partitions(topic, run), fromMillis, entry -> handOn(entry, topic, type, run, rows));
    }

    private List<TopicPartition> partitions(LedgerTopic topic, String run) {
        RunId.require(run);
        return scan.partitions(topic.named(topicPrefix));
    }

    private <R extends Message> void handOn(
            ConsumerRecord<String, byte[]> entry,
            LedgerTopic topic,
            Class<R> type,
            String run,
            Consumer<? super R> rows) {
        if (isOf(entry.key(), run)) {
            handOn(entry, topic, type, rows);
        }
    }

    private <R extends Message> void handOn(
            ConsumerRecord<String, byte[]> entry, LedgerTopic topic, Class<R> type, Consumer<? super R> rows) {
        if (entry.value() == null) {
            return;
        }
        Message.Builder row = topic.value().orElseThrow().newBuilderForType();
        try {
            RowFormat.read(entry.value(), row);
        } catch (InvalidProtocolBufferException e) {
            unreadable++;
            log.debug("Skipped a record of {} that cannot be parsed", entry.topic(), e);
            return;
        }
        rows.accept(type.cast(row.build()));
    }

    private static boolean isOf(@Nullable String key, String run) {
        return key != null && key.startsWith(run) && (key.length() == run.length() || key.charAt(run.length()) == '|');
    }
}
