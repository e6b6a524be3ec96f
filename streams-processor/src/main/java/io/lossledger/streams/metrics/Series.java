package io.lossledger.streams.metrics;

import io.lossledger.protocol.LedgerMetric;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * One number for monitoring: a gauge or counter that is registered while its value is finite. Written by one thread at
 * a time, read by any.
 */
final class Series {
    private final MeterRegistry registry;
    private final LedgerMetric metric;
    private final Tags tags;
    private volatile double value;
    private @Nullable Meter meter;

    Series(MeterRegistry registry, LedgerMetric metric, Tags tags) {
        this.registry = registry;
        this.metric = metric;
        this.tags = tags;
    }

    /** Sets the value; a value that is not finite removes the series. */
    void set(double next) {
        if (!Double.isFinite(next)) {
            remove();
            return;
        }
        value = next;
        if (meter == null) {
            meter = register();
        }
    }

    /** Sets a counter from the books. An aborted transaction sets the books back; a counter must not decrease. */
    void raise(double next) {
        set(Math.max(value, next));
    }

    void add(double more) {
        set(value + more);
    }

    void remove() {
        if (meter != null) {
            registry.remove(meter);
            meter = null;
        }
    }

    private Meter register() {
        return switch (metric.type()) {
            case COUNTER ->
                FunctionCounter.builder(metric.meterName(), this, series -> series.value)
                        .tags(tags)
                        .description(metric.help())
                        .register(registry);
            case GAUGE, INFO ->
                Gauge.builder(metric.meterName(), this, series -> series.value)
                        .strongReference(true)
                        .tags(tags)
                        .description(metric.help())
                        .register(registry);
            case TIMER -> throw new IllegalArgumentException(metric + " is not a single number");
        };
    }
}
