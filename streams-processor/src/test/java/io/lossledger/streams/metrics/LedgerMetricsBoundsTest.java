package io.lossledger.streams.metrics;

import static io.lossledger.streams.metrics.MeterReading.metersOfRuns;
import static io.lossledger.streams.metrics.MeterReading.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.WindowBook;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

/** What comes, goes, is dropped, or comes a second time. */
class LedgerMetricsBoundsTest {
    private static final String RUN = "run-1";
    private static final TaskId TASK = new TaskId(1, 0);

    private final HandClock clock = new HandClock();

    @Test
    void forgetsTheRunsOfATaskThatWasClosed() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LedgerMetrics metrics = new LedgerMetrics(registry, clock);
        metrics.entered(TASK, "stays", book(1), List.of(stepRow("stays", 0)), 0);
        metrics.entered(new TaskId(1, 1), "moves", book(1), List.of(stepRow("moves", 0)), 0);

        metrics.closed(new TaskId(1, 1));

        assertThat(metersOfRuns(registry))
                .extracting(meter -> meter.getId().getTag("run"))
                .containsOnly("stays");
    }

    @Test
    void countersDoNotGoBackWhenATransactionIsAborted() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LedgerMetrics metrics = new LedgerMetrics(registry, clock);
        Row capped = new Row(
                LedgerTopic.STEP,
                StepRow.newBuilder()
                        .setRun(RUN)
                        .setObjective("train")
                        .setStep(7)
                        .setCapped(true)
                        .build());
        metrics.entered(TASK, RUN, book(8), List.of(capped), 0);

        metrics.entered(TASK, RUN, book(7), List.of(stepRow(RUN, 6)), 0);
        assertThat(reading(registry, LedgerMetric.STEPS)).isEqualTo(8);
        metrics.entered(TASK, RUN, book(8), List.of(capped), 0);

        assertThat(reading(registry, LedgerMetric.STEPS)).isEqualTo(8);
        assertThat(reading(registry, LedgerMetric.CAPPED_STEPS)).isEqualTo(1);
    }

    @Test
    void removesTheRunIdleForLongestWhenThereAreTooMany() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LedgerMetrics metrics = new LedgerMetrics(registry, clock, LedgerMetrics.KEPT_AFTER_END, 2, 10, 10);
        for (String run : List.of("a", "b", "a")) {
            metrics.entered(TASK, run, book(1), List.of(stepRow(run, 0)), 0);
        }
        metrics.describe(RunManifest.newBuilder().setRun("b").build()); // which is no step
        clock.advance(LedgerMetrics.IDLE);

        metrics.entered(TASK, "c", book(1), List.of(stepRow("c", 0)), 0);

        assertThat(runsOf(registry)).containsOnly("a", "c");
        assertThat(reading(registry, LedgerMetric.PROCESSOR_DROPPED, "runs")).isEqualTo(1);
    }

    /** Otherwise all meters of a run would be made and thrown away at every step. */
    @Test
    void activeRunsDoNotEvictEachOther() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LedgerMetrics metrics = new LedgerMetrics(registry, clock, LedgerMetrics.KEPT_AFTER_END, 2, 10, 10);
        for (int step = 0; step < 3; step++) {
            for (String run : List.of("a", "b", "c")) {
                metrics.entered(TASK, run, book(step + 1), List.of(stepRow(run, step)), 0);
            }
        }
        assertThat(runsOf(registry)).containsOnly("a", "b");
        assertThat(reading(registry, LedgerMetric.PROCESSOR_DROPPED, "runs")).isEqualTo(1);

        metrics.entered(TASK, "a", book(4), List.of(stepRow("a", 3)), 0);
        metrics.entered(TASK, "b", book(3), List.of(closing("b")), 0);
        metrics.entered(TASK, "c", book(4), List.of(stepRow("c", 3)), 0);
        assertThat(runsOf(registry)).containsOnly("a", "c");
    }

    @Test
    void objectivesAndLayersAreBounded() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LedgerMetrics metrics = new LedgerMetrics(registry, clock, LedgerMetrics.KEPT_AFTER_END, 10, 2, 3);
        for (int step = 0; step < 2; step++) {
            for (String objective : List.of("train", "validation", "third")) {
                List<Row> rows = List.of(layerRow(objective, 0), layerRow(objective, 1));
                metrics.entered(TASK, RUN, book(step + 1), rows, 0);
            }
        }

        assertThat(registry.find(LedgerMetric.LAYER_LCA.meterName()).meters()).hasSize(3);
        assertThat(registry.find(LedgerMetric.MOMENTS.meterName()).meters()).hasSize(2);
        assertThat(reading(registry, LedgerMetric.PROCESSOR_DROPPED, "layers")).isEqualTo(1);
        assertThat(reading(registry, LedgerMetric.PROCESSOR_DROPPED, "objectives"))
                .isEqualTo(1);

        metrics.closed(TASK);
        metrics.entered(TASK, "next", book(1), List.of(layerRow("third", 0)), 0);
        assertThat(registry.find(LedgerMetric.LAYER_LCA.meterName()).meters()).hasSize(1);
    }

    static Row stepRow(String run, int step) {
        return new Row(
                LedgerTopic.STEP,
                StepRow.newBuilder()
                        .setRun(run)
                        .setObjective("train")
                        .setStep(step)
                        .build());
    }

    private static Row layerRow(String objective, int layer) {
        return new Row(
                LedgerTopic.LAYER,
                LayerRow.newBuilder()
                        .setRun(RUN)
                        .setObjective(objective)
                        .setLayer("layer" + layer)
                        .setLayerIndex(layer)
                        .build());
    }

    private static Row closing(String run) {
        return new Row(
                LedgerTopic.WINDOW,
                WindowRow.newBuilder()
                        .setRun(run)
                        .setKind(WindowKind.WINDOW_KIND_RUN)
                        .build());
    }

    private static Set<String> runsOf(MeterRegistry registry) {
        return metersOfRuns(registry).stream()
                .map(meter -> String.valueOf(meter.getId().getTag("run")))
                .collect(Collectors.toSet());
    }

    static RunBook book(int steps) {
        return RunBook.newBuilder()
                .setWholeRun(WindowBook.newBuilder().setSteps(steps))
                .build();
    }
}
