package io.lossledger.streams.progress;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** How many records of changelogs are still to be read before the state is complete. Thread-safe. */
public final class RestoreCount implements StateRestoreListener {
    private final Map<TopicPartition, Long> left = new ConcurrentHashMap<>();

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long first, long end) {
        left.put(partition, Math.max(0, end - first));
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long last, long count) {
        left.computeIfPresent(partition, (key, before) -> Math.max(0, before - count));
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long total) {
        left.remove(partition);
    }

    @Override
    public void onRestoreSuspended(TopicPartition partition, String store, long total) {
        left.remove(partition);
    }

    /** The records left. */
    long records() {
        return left.values().stream().mapToLong(Long::longValue).sum();
    }
}
