package io.lossledger.streams.metrics;

import io.lossledger.protocol.LedgerMetric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The series that share tags, and those with one more tag. Not thread-safe, except for reading the values. */
final class SeriesGroup {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<LedgerMetric, Series> series = new EnumMap<>(LedgerMetric.class);
    private final Map<String, SeriesGroup> groups = new HashMap<>();

    SeriesGroup(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    Series series(LedgerMetric metric) {
        return series.computeIfAbsent(metric, m -> new Series(registry, m, tags));
    }

    /** The group with one more tag, which is removed together with this one. */
    SeriesGroup with(String tag, String value) {
        return groups.computeIfAbsent(tag + '=' + value, key -> apart(tag, value));
    }

    /** A group with more tags that is removed separately. */
    SeriesGroup apart(String... more) {
        return new SeriesGroup(registry, tags.and(more));
    }

    void set(LedgerMetric metric, double value) {
        series(metric).set(value);
    }

    /** A value that may be missing. */
    void set(LedgerMetric metric, boolean isThere, double value) {
        series(metric).set(isThere ? value : Double.NaN);
    }

    void raise(LedgerMetric metric, double value) {
        series(metric).raise(value);
    }

    void add(LedgerMetric metric, double more) {
        series(metric).add(more);
    }

    void removeAll() {
        series.values().forEach(Series::remove);
        groups.values().forEach(SeriesGroup::removeAll);
    }
}
