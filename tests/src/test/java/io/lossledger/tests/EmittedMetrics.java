package io.lossledger.tests;

import io.lossledger.protocol.LedgerMetric;
import java.util.HashSet;
import java.util.Set;

/** Names that stand in a scrape: the catalogue's, and those of Micrometer's binders that dashboards use. */
final class EmittedMetrics {
    /** That they are emitted, is shown where every query runs against a real scrape. */
    private static final Set<String> OF_BINDERS = Set.of(
            "jvm_gc_pause_seconds_sum",
            "jvm_memory_max_bytes",
            "jvm_memory_used_bytes",
            "kafka_consumer_fetch_manager_bytes_consumed_total",
            "kafka_consumer_fetch_manager_records_lag",
            "kafka_stream_client_state",
            "kafka_stream_thread_commit_latency_max",
            "kafka_stream_thread_process_ratio",
            "process_cpu_usage",
            "process_uptime_seconds");

    private static final Set<String> ALL = all();

    private EmittedMetrics() {}

    static boolean contains(String name) {
        return ALL.contains(name);
    }

    private static Set<String> all() {
        Set<String> all = new HashSet<>(OF_BINDERS);
        for (LedgerMetric metric : LedgerMetric.values()) {
            all.add(metric.prometheusName());
            if (metric.type() == LedgerMetric.Type.TIMER) {
                all.add(metric.prometheusName() + "_sum");
                all.add(metric.prometheusName() + "_count");
                all.add(metric.prometheusName() + "_bucket");
            }
        }
        return all;
    }
}
