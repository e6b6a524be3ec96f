package io.lossledger.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads committed records of a topic from the first that is kept, without a consumer group: nobody is held up by it, and it
 * leaves nothing behind. Not thread-safe.
 */
final class TopicScan implements AutoCloseable {
    /** A time before all records. */
    static final long BEGINNING = 0;

    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_WAIT_MILLIS = 100;
    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<String, byte[]> consumer;
    private final Duration patience;

    /** @param patience how long Kafka may take for an answer, and reading may stand still */
    TopicScan(Consumer<String, byte[]> consumer, Duration patience) {
        this.consumer = consumer;
        this.patience = patience;
    }

    /** @param kafka settings of the consumer, with {@code bootstrap.servers} */
    static TopicScan with(Map<String, Object> kafka) {
        return with(kafka, PATIENCE);
    }

    /** The same with another patience. */
    static TopicScan with(Map<String, Object> kafka, Duration patience) {
        Map<String, Object> config = CommittedReads.settings(kafka);
        // Closing waits for the answer to the last request, which has no record to bring any more.
        config.put("fetch.max.wait.ms", MAX_WAIT_MILLIS);
        return new TopicScan(
                new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()), patience);
    }

    /**
     * The partitions of a topic.
     *
     * @throws IllegalArgumentException when the topic does not exist
     * @throws TimeoutException when the cluster does not answer within the patience
     */
    List<TopicPartition> partitions(String topic) {
        return CommittedReads.requirePartitions(consumer, topic, patience);
    }

    /**
     * Hands on every record that is there now.
     *
     * @throws TimeoutException when reading stands still for longer than the patience
     */
    void read(
            List<TopicPartition> partitions, java.util.function.Consumer<? super ConsumerRecord<String, byte[]>> sink) {
        read(partitions, BEGINNING, sink);
    }

    /**
     * The same, but for what lies before the first record of that time or a later one in each partition.
     *
     * @param fromMillis time of records; {@link #BEGINNING} for all that are kept
     */
    void read(
            List<TopicPartition> partitions,
            long fromMillis,
            java.util.function.Consumer<? super ConsumerRecord<String, byte[]>> sink) {
        start(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, patience);
        if (fromMillis > BEGINNING) {
            CommittedReads.offsetsAt(consumer, fromMillis, ends, patience).forEach(consumer::seek);
        }
        long behind = behind(ends);
        long deadline = System.nanoTime() + patience.toNanos();
        while (behind > 0) {
            for (ConsumerRecord<String, byte[]> entry : consumer.poll(POLL)) {
                if (entry.offset() < ends.getOrDefault(new TopicPartition(entry.topic(), entry.partition()), 0L)) {
                    sink.accept(entry);
                }
            }
            long left = behind(ends); // committed markers move it, too
            if (left < behind) {
                deadline = System.nanoTime() + patience.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new TimeoutException("Reading of " + partitions + " has stood still for " + patience.toSeconds()
                        + " s, " + left + " records before the end");
            }
            behind = left;
        }
    }

    /** Hands on what is there, then what comes; asks whether that is enough before each record, and when none comes. */
    void follow(
            List<TopicPartition> partitions,
            java.util.function.Consumer<? super ConsumerRecord<String, byte[]>> sink,
            BooleanSupplier until) {
        start(partitions);
        while (!until.getAsBoolean()) {
            for (ConsumerRecord<String, byte[]> entry : consumer.poll(POLL)) {
                if (until.getAsBoolean()) {
                    return;
                }
                sink.accept(entry);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void start(List<TopicPartition> partitions) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    private long behind(Map<TopicPartition, Long> ends) {
        return CommittedReads.offsetsLeft(consumer, ends, patience);
    }
}
