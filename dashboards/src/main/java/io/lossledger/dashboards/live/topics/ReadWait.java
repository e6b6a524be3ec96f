package io.lossledger.dashboards.live.topics;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Finds partitions with committed records that no poll has brought for ten seconds. Asks nobody. Not thread-safe. */
final class ReadWait {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanos;
    private final Map<TopicPartition, Place> places = new HashMap<>();

    private record Place(long position, long since) {}

    /** @param nanos a clock such as {@link System#nanoTime} */
    ReadWait(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The topics with such partitions; must be called every few seconds. */
    Set<String> look(Consumer<?, ?> consumer) {
        long now = nanos.getAsLong();
        Set<TopicPartition> paused = consumer.paused();
        Set<String> topics = new TreeSet<>();
        for (TopicPartition partition : consumer.assignment()) {
            long position = consumer.position(partition);
            Place before = places.get(partition);
            boolean waits = !paused.contains(partition)
                    && consumer.currentLag(partition).orElse(0) > 0;
            if (before == null || !waits || before.position() != position) {
                places.put(partition, new Place(position, now));
            } else if (now - before.since() >= PATIENCE_NANOS) {
                topics.add(partition.topic());
            }
        }
        return topics;
    }
}
