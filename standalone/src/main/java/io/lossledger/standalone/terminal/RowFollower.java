package io.lossledger.standalone.terminal;

import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the committed rows that are written to some topics from now on. Not thread-safe. */
public final class RowFollower implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, byte[]> consumer;

    public RowFollower(Map<String, Object> kafka, String topicPrefix, LedgerTopic... topics) {
        Map<String, Object> config = CommittedReads.settings(kafka);
        consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        try {
            for (LedgerTopic topic : topics) {
                partitions.addAll(CommittedReads.partitions(consumer, topic.named(topicPrefix), TIMEOUT));
            }
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // seeking is lazy: now is now
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Waits a moment for rows. */
    public Iterable<ConsumerRecord<String, byte[]>> poll() {
        return consumer.poll(POLL);
    }

    /** Where the topics end now. */
    public Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(consumer.assignment());
    }

    /** Whether all rows before these offsets have been read. */
    public boolean isAt(Map<TopicPartition, Long> ends) {
        return CommittedReads.offsetsLeft(consumer, ends, TIMEOUT) == 0;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
