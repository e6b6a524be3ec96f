package io.lossledger.standalone.bench;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Counts the bytes of keys and values that the consumers of this process read. Thread-safe. */
public final class ReadBytes implements ConsumerInterceptor<Object, Object> {
    private static final AtomicLong READ = new AtomicLong();

    /** Bytes so far. */
    static long read() {
        return READ.get();
    }

    @Override
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
        for (ConsumerRecord<Object, Object> record : records) {
            READ.addAndGet((long) Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize()));
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
}
