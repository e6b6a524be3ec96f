package io.lossledger.standalone.worker;

import io.lossledger.producer.worker.MeasureWorker;
import io.lossledger.producer.worker.WorkerProgress;
import io.lossledger.protocol.LedgerMetric;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** The worker's metrics of {@link LedgerMetric}. Thread-safe. */
final class WorkerMetrics implements MeterBinder {
    private final MeasureWorker worker;

    WorkerMetrics(MeasureWorker worker) {
        this.worker = worker;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, LedgerMetric.WORKER_SEGMENTS, WorkerProgress::segments);
        counter(registry, LedgerMetric.WORKER_LOST_STEPS, WorkerProgress::lostSteps);
        counter(registry, LedgerMetric.WORKER_INVALID_POINTS, WorkerProgress::invalidPoints);
        gauge(registry, LedgerMetric.WORKER_BACKLOG_STEPS, WorkerProgress::waitingSteps);
        gauge(registry, LedgerMetric.WORKER_BACKLOG_AGE, WorkerProgress::ageSeconds);
    }

    private void counter(MeterRegistry registry, LedgerMetric metric, ToDoubleFunction<WorkerProgress> value) {
        FunctionCounter.builder(metric.meterName(), worker, from -> value.applyAsDouble(from.progress()))
                .description(metric.help())
                .register(registry);
    }

    private void gauge(MeterRegistry registry, LedgerMetric metric, ToDoubleFunction<WorkerProgress> value) {
        Gauge.builder(metric.meterName(), worker, from -> value.applyAsDouble(from.progress()))
                .description(metric.help())
                .strongReference(true)
                .register(registry);
    }
}
