package io.lossledger.streams.topology;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.SocketBuffers;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.letters.DeadLetterHandler;
import io.lossledger.streams.letters.RefusedRecordHandler;
import io.lossledger.streams.letters.UnreadableChunkHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * How the processor runs. Immutable.
 *
 * @param bootstrapServers Kafka's {@code host:port} list
 * @param applicationId consumer group, and prefix of internal topics and transactional ids
 * @param topics names and creation of the topics
 * @param format how rows are written
 * @param results what rows are written, and when
 * @param threads stream threads, at least 1
 * @param stateDirectory folder of the stores
 * @param kafka Kafka Streams settings, passed through unchanged; they override everything else
 */
public record ProcessorSettings(
        String bootstrapServers,
        String applicationId,
        TopicSettings topics,
        RowFormat format,
        ResultSettings results,
        int threads,
        Path stateDirectory,
        Map<String, String> kafka) {

    public static final String DEFAULT_APPLICATION_ID = "lossledger-processor";
    /** Kafka's default with exactly-once, set explicitly so that results stay live. */
    static final int COMMIT_INTERVAL_MILLIS = 100;
    /** Until the others take over the work of a processor that died. Kafka's default is 45 s. */
    static final int SESSION_TIMEOUT_MILLIS = 15_000;
    /** A century: Kafka adds it to the clock, so {@code Long.MAX_VALUE} would overflow. */
    static final long FOR_EVER_MILLIS = Duration.ofDays(36_500).toMillis();
    /** Leaves room in a changelog's record for the books of one run. */
    public static final int MAX_BOOK_BYTES = TopicSettings.DEFAULT_RESULT_BYTES / 4 * 3;

    private static final List<String> LIMITS = List.of(
            StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
            StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG);

    /** @throws IllegalArgumentException when a value is out of range; the message names it */
    public ProcessorSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: must be at least 1. Found: " + threads);
        }
        kafka = Map.copyOf(kafka);
    }

    /** How large the books of a run may become: three quarters of the largest record that changelogs accept. */
    int maxBookBytes() {
        long most = topics.maxResultBytes();
        for (String limit : LIMITS) {
            if (kafka.containsKey(limit)) {
                most = Math.min(most, bytes(limit, kafka.get(limit)));
            }
        }
        return (int) (most / 4 * 3);
    }

    private static long bytes(String name, String value) {
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": must be a number of bytes. Found: " + value, e);
        }
    }

    /** The Kafka Streams configuration: exactly-once, named internals, dead letters. */
    public Properties streamsProperties() {
        Map<String, Object> config = new HashMap<>();
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MILLIS);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, topics.replicationFactor());
        config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        putErrorSettings(config);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_TIMEOUT_MILLIS);
        config.put(StreamsConfig.RECEIVE_BUFFER_CONFIG, SocketBuffers.OF_THE_SYSTEM);
        config.put(StreamsConfig.SEND_BUFFER_CONFIG, SocketBuffers.OF_THE_SYSTEM);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), topics.maxResultBytes());
        config.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), topics.maxResultBytes());
        config.putAll(kafka);
        Properties properties = new Properties();
        properties.putAll(config);
        return properties;
    }

    /** Rejects bad records and waits for Kafka; any other error stops the processor. */
    private void putErrorSettings(Map<String, Object> config) {
        config.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, UnreadableChunkHandler.class);
        config.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        config.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, RefusedRecordHandler.class);
        config.put(
                StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, LedgerTopic.REJECTED.named(topics.prefix()));
        config.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, FOR_EVER_MILLIS);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG), Integer.MAX_VALUE);
    }
}
