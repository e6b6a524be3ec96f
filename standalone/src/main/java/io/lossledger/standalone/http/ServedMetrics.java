package io.lossledger.standalone.http;

import io.lossledger.streams.LedgerProcessor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The metrics of this JVM, and all metrics registered here, for Prometheus. Thread-safe. */
public final class ServedMetrics implements AutoCloseable {
    /** Kafka's metrics come and go with partitions. */
    private static final Duration REFRESH = Duration.ofSeconds(5);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "metrics");
        thread.setDaemon(true);
        return thread;
    });
    private final JvmGcMetrics collector = new JvmGcMetrics();
    private volatile @Nullable KafkaStreamsMetrics streams;

    /** @param topicPrefix of the ledger's topics */
    public ServedMetrics(String topicPrefix) {
        registry.config().meterFilter(new KafkaMeterFilter(topicPrefix));
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collector.bindTo(registry);
    }

    /** The registry for the metrics of trainer and processor. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Adds the metrics of Kafka Streams. */
    void add(LedgerProcessor ledger) {
        KafkaStreamsMetrics metrics = new KafkaStreamsMetrics(ledger.kafkaStreams(), List.of(), refresher, REFRESH);
        metrics.bindTo(registry);
        streams = metrics;
    }

    /** In Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        KafkaStreamsMetrics metrics = streams;
        if (metrics != null) {
            metrics.close();
        }
        refresher.shutdownNow();
        collector.close();
        registry.close();
    }
}
