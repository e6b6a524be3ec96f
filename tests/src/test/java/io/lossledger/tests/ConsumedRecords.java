package io.lossledger.tests;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/** Tells, when a Kafka client is closed, how many records it has fetched from each topic: {@code metric.reporters} names it. */
public final class ConsumedRecords implements MetricsReporter {
    private final Map<String, KafkaMetric> counts = new ConcurrentHashMap<>();

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        String topic = metric.metricName().tags().get("topic");
        if (metric.metricName().name().equals("records-consumed-total") && topic != null) {
            counts.put(topic, metric);
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {
        new TreeMap<>(counts)
                .forEach((topic, count) ->
                        System.err.printf("consumed %s %.0f%n", topic, ((Double) count.metricValue()).doubleValue()));
    }
}
