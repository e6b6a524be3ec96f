package io.lossledger.producer;

import io.lossledger.producer.measure.MeasureTiming;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.protocol.LedgerMetric;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The trainer's metrics of {@link LedgerMetric} for one run: what waits, what measuring costs, and what happened to the
 * steps. They include those of the run's Kafka client, as Micrometer names them. They stay in every registry that they
 * are bound to until they are closed. Reading them costs the training nothing. Thread-safe.
 */
public final class ProducerMetrics implements MeterBinder, AutoCloseable {
    private record Registered(MeterRegistry registry, Meter meter) {}

    private final LedgerRecorder recorder;
    private final LedgerPublisher publisher;
    private final Tags tags;
    private final List<Registered> registered = new ArrayList<>();
    private final List<KafkaClientMetrics> clients = new ArrayList<>();

    ProducerMetrics(LedgerRecorder recorder, LedgerPublisher publisher) {
        this.recorder = recorder;
        this.publisher = publisher;
        this.tags = Tags.of("run", publisher.run());
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        gauge(registry, LedgerMetric.PRODUCER_QUEUE_STEPS, LedgerRecorder::queuedSegments);
        counter(registry, LedgerMetric.PRODUCER_STEPS_MEASURED, LedgerRecorder::takenSegments);
        counter(registry, LedgerMetric.PRODUCER_WAITED, from -> from.waitedNanos() / 1e9);
        counter(
                registry,
                LedgerMetric.PRODUCER_STEPS_SENT,
                from -> from.report().steps());
        counter(
                registry,
                LedgerMetric.PRODUCER_FAILED_RECORDS,
                from -> from.report().failedRecords());
        for (SkipReason reason : SkipReason.values()) {
            String name = reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
            counter(
                    registry,
                    LedgerMetric.PRODUCER_STEPS_SKIPPED,
                    tags.and("reason", name),
                    from -> from.report().skipped(reason));
        }
        Gauge stalled = Gauge.builder(
                        LedgerMetric.PRODUCER_STALLED.meterName(),
                        publisher,
                        from -> from.stalled().toMillis() / 1e3)
                .description(LedgerMetric.PRODUCER_STALLED.help())
                .tags(tags)
                .strongReference(true)
                .register(registry);
        keep(registry, stalled);
        Gauge unsent = Gauge.builder(
                        LedgerMetric.PRODUCER_UNSENT_BYTES.meterName(), publisher, LedgerPublisher::unsentBytes)
                .description(LedgerMetric.PRODUCER_UNSENT_BYTES.help())
                .tags(tags)
                .strongReference(true)
                .register(registry);
        keep(registry, unsent);
        FunctionTimer gradient = FunctionTimer.builder(
                        LedgerMetric.PRODUCER_GRADIENT.meterName(),
                        recorder.timing(),
                        MeasureTiming::evaluations,
                        timing -> timing.time().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description(LedgerMetric.PRODUCER_GRADIENT.help())
                .tags(tags)
                .register(registry);
        keep(registry, gradient);
        clients.add(publisher.bindClient(registry));
    }

    /** Removes the metrics from the registries. */
    @Override
    public synchronized void close() {
        for (Registered known : registered) {
            known.registry().remove(known.meter());
        }
        registered.clear();
        clients.forEach(KafkaClientMetrics::close);
        clients.clear();
    }

    private void gauge(MeterRegistry registry, LedgerMetric metric, ToDoubleFunction<LedgerRecorder> value) {
        Gauge gauge = Gauge.builder(metric.meterName(), recorder, value)
                .description(metric.help())
                .tags(tags)
                .strongReference(true)
                .register(registry);
        keep(registry, gauge);
    }

    private void counter(MeterRegistry registry, LedgerMetric metric, ToDoubleFunction<LedgerRecorder> value) {
        counter(registry, metric, tags, value);
    }

    private void counter(
            MeterRegistry registry, LedgerMetric metric, Tags all, ToDoubleFunction<LedgerRecorder> value) {
        FunctionCounter counter = FunctionCounter.builder(metric.meterName(), recorder, value)
                .description(metric.help())
                .tags(all)
                .register(registry);
        keep(registry, counter);
    }

    private void keep(MeterRegistry registry, Meter meter) {
        registered.add(new Registered(registry, meter));
    }
}
