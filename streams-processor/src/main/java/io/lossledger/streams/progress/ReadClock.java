package io.lossledger.streams.progress;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * How long records have waited for a stream thread that asks Kafka for them and receives none. Reads the metrics of Kafka Streams:
 * the lag of a reader of committed records, so that neither transactions of others nor their markers count as waiting, and no
 * rights are needed. A thread that has not asked for seconds is busy with a record, and waits for none. Not thread-safe.
 */
final class ReadClock {
    private static final double RECENT_SECONDS = 5;
    private static final String CONSUMER = "-consumer";
    private static final String LAG = "records-lag";
    private static final String CONSUMED = "records-consumed-total";
    private static final String PROCESSED = "process-total";
    private static final String POLL = "last-poll-seconds-ago";
    private static final Set<String> NAMES = Set.of(LAG, CONSUMED, PROCESSED, POLL);

    private final LongSupplier nanos;
    private final Map<String, Reading> readings = new HashMap<>();

    /** What one thread has read and processed until a moment. */
    private record Reading(double done, long since) {}

    /** What the metrics say about one thread. */
    private static final class Found {
        private double lag;
        private double done;
        private double pollSecondsAgo;

        void add(MetricName name, double value) {
            switch (name.name()) {
                case LAG -> lag += value;
                case POLL -> pollSecondsAgo = value;
                default -> done += name.tags().containsKey("topic") ? 0 : value; // those of a topic are counted twice
            }
        }
    }

    ReadClock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Must be called every few seconds; how long the thread that waits longest has waited. */
    Duration look(Map<MetricName, ? extends Metric> metrics) {
        long now = nanos.getAsLong();
        Map<String, Found> threads = threads(metrics);
        readings.keySet().retainAll(threads.keySet());
        long longest = 0;
        for (Map.Entry<String, Found> thread : threads.entrySet()) {
            Found found = thread.getValue();
            Reading before = readings.get(thread.getKey());
            boolean waits = found.lag > 0 && found.pollSecondsAgo <= RECENT_SECONDS;
            if (before == null || !waits || before.done() != found.done) {
                readings.put(thread.getKey(), new Reading(found.done, now));
            } else {
                longest = Math.max(longest, now - before.since());
            }
        }
        return Duration.ofNanos(longest);
    }

    void clear() {
        readings.clear();
    }

    private static Map<String, Found> threads(Map<MetricName, ? extends Metric> metrics) {
        Map<String, Found> threads = new HashMap<>();
        metrics.forEach((name, metric) -> {
            String thread = NAMES.contains(name.name()) ? thread(name) : "";
            if (!thread.isEmpty() && metric.metricValue() instanceof Double value && !value.isNaN()) {
                threads.computeIfAbsent(thread, key -> new Found()).add(name, value);
            }
        });
        return threads;
    }

    /** The stream thread that a metric belongs to, or to whose consumer; empty: none that counts. */
    private static String thread(MetricName name) {
        String client = name.tags().getOrDefault("client-id", "");
        if (client.endsWith(CONSUMER)) {
            return client.endsWith("-restore" + CONSUMER)
                    ? ""
                    : client.substring(0, client.length() - CONSUMER.length());
        }
        return name.group().equals("stream-thread-metrics") ? name.tags().getOrDefault("thread-id", "") : "";
    }
}
