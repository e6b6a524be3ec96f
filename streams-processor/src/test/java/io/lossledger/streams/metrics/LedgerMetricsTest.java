package io.lossledger.streams.metrics;

import static io.lossledger.streams.metrics.LedgerMetricsBoundsTest.book;
import static io.lossledger.streams.metrics.LedgerMetricsBoundsTest.stepRow;
import static io.lossledger.streams.metrics.MeterReading.metersOfRuns;
import static io.lossledger.streams.metrics.MeterReading.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.LedgerMetric.Scope;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.topology.BalanceStepsProcessor;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.ProcessorSettings;
import io.lossledger.streams.topology.Updates;
import io.lossledger.streams.windows.WindowSpec;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerMetricsTest {
    private static final String RUN = "run-1";
    private static final TaskId TASK = new TaskId(1, 0);

    @TempDir
    Path directory;

    private final HandClock clock = new HandClock();

    /** A step's LCA are 1, -2, 3, -4 for the weights and 0, 5 for the biases, in two units: -1 and 4. */
    @Test
    void showsWhatTheArithmeticOfThePaperGives() {
        try (LedgerDriver ledger = driver()) {
            ledger.send(withFacts(Updates.step(RUN, 0, 1)));
            ledger.send(withFacts(Updates.step(RUN, 1, 2)));
            MeterRegistry meters = ledger.meters();

            assertThat(reading(meters, LedgerMetric.STEPS)).isEqualTo(2);
            assertThat(reading(meters, LedgerMetric.MISSING_STEPS)).isZero();
            assertThat(reading(meters, LedgerMetric.RUN_ACTIVE)).isEqualTo(1);
            assertThat(reading(meters, LedgerMetric.LAST_STEP_TIMESTAMP)).isEqualTo(1);
            assertThat(reading(meters, LedgerMetric.LEARNING_RATE)).isEqualTo(0.125);
            assertThat(reading(meters, LedgerMetric.MINIBATCH_LOSS)).isEqualTo(0.5);
            assertThat(reading(meters, LedgerMetric.STEP)).isEqualTo(1);
            assertThat(reading(meters, LedgerMetric.LOSS)).isEqualTo(13);
            assertThat(reading(meters, LedgerMetric.LOSS_CHANGE)).isEqualTo(3);
            assertThat(reading(meters, LedgerMetric.LCA)).isCloseTo(6, within(1e-12));
            assertThat(reading(meters, LedgerMetric.RESIDUAL)).isCloseTo(-3, within(1e-12));
            assertThat(reading(meters, LedgerMetric.CUMULATIVE_LOSS_CHANGE)).isEqualTo(6);
            assertThat(reading(meters, LedgerMetric.CUMULATIVE_LCA)).isCloseTo(9, within(1e-12));
            assertThat(reading(meters, LedgerMetric.CUMULATIVE_RESIDUAL)).isCloseTo(-3, within(1e-12));
            assertThat(reading(meters, LedgerMetric.RELATIVE_RESIDUAL)).isCloseTo(-0.5, within(1e-12));
            assertThat(reading(meters, LedgerMetric.RESIDUAL_SHARE)).isCloseTo(3 / 9.0, within(1e-12));
            assertThat(reading(meters, LedgerMetric.MAGNITUDE, "help")).isCloseTo(18, within(1e-12));
            assertThat(reading(meters, LedgerMetric.MAGNITUDE, "hurt")).isCloseTo(27, within(1e-12));
            assertThat(reading(meters, LedgerMetric.HELPED_SHARE)).isCloseTo(2 / 6.0, within(1e-12));
            assertThat(reading(meters, LedgerMetric.HELPED_SHARE_OF_NONZERO)).isCloseTo(0.4, within(1e-12));
            assertThat(reading(meters, LedgerMetric.CHURN)).isCloseTo(10, within(1e-12));
            assertThat(reading(meters, LedgerMetric.SPLITS)).isEqualTo(2);
            assertThat(reading(meters, LedgerMetric.CAPPED_STEPS)).isZero();
            assertThat(reading(meters, LedgerMetric.LAYER_LCA)).isCloseTo(6, within(1e-12));
            assertThat(reading(meters, LedgerMetric.LAYER_CUMULATIVE_LCA)).isCloseTo(9, within(1e-12));
            assertThat(reading(meters, LedgerMetric.LAYER_MAGNITUDE, "help")).isCloseTo(18, within(1e-12));
            assertThat(reading(meters, LedgerMetric.LAYER_MAGNITUDE, "hurt")).isCloseTo(27, within(1e-12));
            assertThat(reading(meters, LedgerMetric.LAYER_PARAMETERS)).isEqualTo(6);
            assertThat(reading(meters, LedgerMetric.LAYER_SIGN_CHANGES)).isZero();
            assertThat(reading(meters, LedgerMetric.LAYER_UNIT_LCA, "0")).isCloseTo(-2, within(1e-12));
            assertThat(reading(meters, LedgerMetric.LAYER_UNIT_LCA, "5")).isCloseTo(-1.5, within(1e-12));
            assertThat(reading(meters, LedgerMetric.LAYER_UNIT_LCA, "50")).isCloseTo(3, within(1e-12));
            assertThat(reading(meters, LedgerMetric.LAYER_UNIT_LCA, "100")).isCloseTo(8, within(1e-12));

            ledger.send(Updates.step(RUN, 2, -1));
            assertThat(reading(meters, LedgerMetric.LAYER_SIGN_CHANGES)).isEqualTo(2);
            assertThat(reading(meters, LedgerMetric.LAYER_MAGNITUDE, "help")).isCloseTo(27, within(1e-12));
        }
    }

    @Test
    void registersWhatIsInTheCatalogueAndNothingElse() {
        try (LedgerDriver ledger = driver()) {
            showAll(ledger);

            for (Meter meter : ledger.meters().getMeters()) {
                if (meter.getId().syntheticAssociation() != null) {
                    continue; // a bucket of a timer that is there itself
                }
                LedgerMetric metric = Arrays.stream(LedgerMetric.values())
                        .filter(known -> known.meterName().equals(meter.getId().getName()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(meter.getId() + " is not in the catalogue"));
                assertThat(meter.getId().getTags().stream().map(Tag::getKey))
                        .as(metric.name())
                        .containsExactlyInAnyOrderElementsOf(metric.tags());
                assertThat(meter.getId().getDescription()).isEqualTo(metric.help());
            }
            Set<String> registered = ledger.meters().getMeters().stream()
                    .map(meter -> meter.getId().getName())
                    .collect(Collectors.toSet());
            assertThat(Arrays.stream(LedgerMetric.values())
                            .filter(metric -> metric.scope() != Scope.TRAINER && metric.scope() != Scope.WORKER)
                            .filter(metric -> !registered.contains(metric.meterName())))
                    .isEmpty();
        }
    }

    @Test
    void leavesTheRowsAsTheyAre() {
        Map<LedgerTopic, List<String>> watched = new EnumMap<>(LedgerTopic.class);
        try (LedgerDriver ledger = driver()) {
            sendRun(ledger);
            for (LedgerTopic topic : LedgerTopic.values()) {
                watched.put(topic, ledger.canonical(topic));
            }
            assertThat(metersOfRuns(ledger.meters())).isNotEmpty();
        }
        ProcessorSettings other = LedgerDriver.settings(directory.resolve("other"), WindowSpec.ofSteps(3));
        try (LedgerDriver ledger = new LedgerDriver(other, clock, false)) {
            sendRun(ledger);
            for (LedgerTopic topic : LedgerTopic.values()) {
                assertThat(ledger.canonical(topic)).as(topic.name()).isEqualTo(watched.get(topic));
            }
            assertThat(metersOfRuns(ledger.meters())).isEmpty();
        }
        assertThat(watched.get(LedgerTopic.UNIT)).hasSize(5);
    }

    private static void sendRun(LedgerDriver ledger) {
        for (int step : new int[] {0, 1, 3, 4, 5}) {
            ledger.send(Updates.step(RUN, step, step - 2.5));
        }
        ledger.send(Updates.end(RUN, 6));
    }

    @Test
    void showsNoValueThatIsNotANumber() {
        try (LedgerDriver ledger = driver()) {
            Update[] first = Updates.step(RUN, 0, 1);
            Update[] second = Updates.step(RUN, 1, Double.NaN);
            ledger.send(first);
            assertThat(ledger.meters().find(LedgerMetric.LCA.meterName()).meter())
                    .isNotNull();

            ledger.send(second);

            assertThat(ledger.meters().find(LedgerMetric.LCA.meterName()).meter())
                    .isNull();
            assertThat(ledger.meters()
                            .find(LedgerMetric.LAYER_UNIT_LCA.meterName())
                            .meter())
                    .isNull();
            assertThat(ledger.meters()
                            .find(LedgerMetric.CUMULATIVE_LCA.meterName())
                            .meter())
                    .isNull();
            // What is finite stays: the loss as the trainer measured it, and the magnitudes so far.
            assertThat(reading(ledger.meters(), LedgerMetric.LOSS)).isEqualTo(13);
            assertThat(reading(ledger.meters(), LedgerMetric.MAGNITUDE, "help")).isCloseTo(6, within(1e-12));
            assertThat(ledger.meters().getMeters())
                    .allSatisfy(meter -> assertThat(meter.measure())
                            .extracting(Measurement::getValue)
                            .doesNotContain(Double.NaN));
        }
    }

    @Test
    void forgetsARunSomeTimeAfterItsEnd() {
        try (LedgerDriver ledger = driver()) {
            ledger.send(Updates.step(RUN, 0, 1));
            ledger.send(Updates.end(RUN, 1));
            assertThat(reading(ledger.meters(), LedgerMetric.RUN_ACTIVE)).isZero();

            clock.advance(LedgerMetrics.KEPT_AFTER_END.minusMillis(1));
            ledger.advance(BalanceStepsProcessor.SWEEP_PERIOD);
            assertThat(reading(ledger.meters(), LedgerMetric.CUMULATIVE_LCA)).isCloseTo(3, within(1e-12));

            clock.advance(Duration.ofMillis(1));
            ledger.advance(BalanceStepsProcessor.SWEEP_PERIOD);
            assertThat(metersOfRuns(ledger.meters())).isEmpty();
        }
    }

    @Test
    void keepsAnActiveRun() {
        try (LedgerDriver ledger = driver()) {
            ledger.send(Updates.step(RUN, 0, 1));

            clock.advance(Duration.ofDays(1));
            ledger.advance(BalanceStepsProcessor.SWEEP_PERIOD);

            assertThat(reading(ledger.meters(), LedgerMetric.RUN_ACTIVE)).isEqualTo(1);
        }
    }

    /** A processor that catches up books records that have waited for long. */
    @Test
    void distinguishesLatenciesUpToAnHour() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LedgerMetrics metrics = new LedgerMetrics(registry, clock);
        for (Duration latency : List.of(Duration.ofSeconds(90), Duration.ofMinutes(9), Duration.ofMinutes(55))) {
            metrics.entered(TASK, RUN, book(1), List.of(stepRow(RUN, 0)), clock.millis() - latency.toMillis());
        }
        assertThat(registry.get(LedgerMetric.PROCESSOR_LATENCY.meterName())
                        .timer()
                        .takeSnapshot()
                        .histogramCounts())
                .filteredOn(bucket -> bucket.count() > 0)
                .extracting(bucket -> bucket.bucket(TimeUnit.SECONDS) + ": " + bucket.count())
                .containsExactly("120.0: 1.0", "600.0: 2.0", "3600.0: 3.0");
    }

    @Test
    void showsTheManifestWheneverItArrives() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LedgerMetrics metrics = new LedgerMetrics(registry, clock);
        metrics.describe(manifest(RunStatus.RUN_STATUS_RUNNING));
        assertThat(metersOfRuns(registry)).isEmpty();

        metrics.entered(TASK, RUN, book(1), List.of(stepRow(RUN, 0)), 0);
        assertThat(registry.find("lossledger.run.info").meters())
                .singleElement()
                .satisfies(meter -> assertThat(meter.getId().getTags())
                        .containsExactlyInAnyOrder(
                                Tag.of("run", RUN),
                                Tag.of("model", "784-10"),
                                Tag.of("data_set", "digits"),
                                Tag.of("optimizer", "sgd(learning-rate=0.1)"),
                                Tag.of("rule", "simpson-2"),
                                Tag.of("status", "running")));
        assertThat(reading(registry, LedgerMetric.RUN_START_TIMESTAMP)).isEqualTo(1_700_000_000.25);

        metrics.describe(manifest(RunStatus.RUN_STATUS_FINISHED));
        assertThat(registry.find("lossledger.run.info").meters())
                .singleElement()
                .satisfies(meter -> assertThat(meter.getId().getTag("status")).isEqualTo("finished"));
    }

    @Test
    void timesAStepFromItsNewestRecord() {
        try (LedgerDriver ledger = driver()) {
            clock.advance(Duration.ofMillis(250)); // records are of second 1
            ledger.send(Updates.step(RUN, 0, 1));
            ledger.send(Updates.end(RUN, 1));

            var timer = ledger.meters()
                    .get(LedgerMetric.PROCESSOR_LATENCY.meterName())
                    .timer();
            assertThat(timer.count()).isEqualTo(1);
            assertThat(timer.totalTime(java.util.concurrent.TimeUnit.MILLISECONDS))
                    .isEqualTo(250);
        }
    }

    @Test
    void countsDeadLettersByReason() {
        try (LedgerDriver ledger = driver()) {
            ledger.send(new byte[] {1}, new byte[] {2});
            ledger.sendInternally(new byte[] {1}, new byte[] {2});
            Update[] step = Updates.step(RUN, 0, 1);
            ledger.send(step[0], step[1].toBuilder().setSession(9).build());

            MeterRegistry meters = ledger.meters();
            assertThat(reading(meters, LedgerMetric.PROCESSOR_DEAD_LETTERS, "invalid-update"))
                    .isEqualTo(1);
            assertThat(reading(meters, LedgerMetric.PROCESSOR_DEAD_LETTERS, "unreadable-chunk"))
                    .isEqualTo(1);
            assertThat(reading(meters, LedgerMetric.PROCESSOR_DEAD_LETTERS, "unbookable-step"))
                    .isEqualTo(1);
            assertThat(reading(meters, LedgerMetric.PROCESSOR_DEAD_LETTERS, "row-too-large"))
                    .isZero();
        }
    }

    @Test
    void showsOpenAlerts() {
        try (LedgerDriver ledger = driver()) {
            ledger.send(Updates.step(RUN, 0, 1));
            ledger.send(Updates.step(RUN, 3, 1));
            assertThat(ledger.alerts()).singleElement().satisfies(alert -> {
                assertThat(alert.getRule()).isEqualTo("steps-missing");
                assertThat(alert.getState()).isEqualTo(AlertState.ALERT_STATE_OPENED);
            });
            assertThat(reading(ledger.meters(), LedgerMetric.OPEN_ALERTS, "steps-missing"))
                    .isEqualTo(1);
            assertThat(reading(ledger.meters(), LedgerMetric.OPEN_ALERTS, "residual"))
                    .isZero();
            assertThat(reading(ledger.meters(), LedgerMetric.MISSING_STEPS)).isEqualTo(2);

            ledger.send(Updates.end(RUN, 4));
            assertThat(reading(ledger.meters(), LedgerMetric.OPEN_ALERTS, "steps-missing"))
                    .isZero();
            assertThat(reading(ledger.meters(), LedgerMetric.ALERTS, "steps-missing"))
                    .isEqualTo(1);
        }
    }

    private LedgerDriver driver() {
        return new LedgerDriver(LedgerDriver.settings(directory, WindowSpec.ofSteps(3)), clock);
    }

    private void showAll(LedgerDriver ledger) {
        ledger.send(withFacts(Updates.step(RUN, 0, 1)));
        ledger.send(withFacts(Updates.step(RUN, 1, -1)));
        ledger.metrics().describe(manifest(RunStatus.RUN_STATUS_RUNNING));
    }

    private static Update[] withFacts(Update[] updates) {
        StepFacts facts = StepFacts.newBuilder()
                .setLearningRate(0.125)
                .setMinibatchLoss(0.5)
                .build();
        return Arrays.stream(updates)
                .map(update -> update.toBuilder().setFacts(facts).build())
                .toArray(Update[]::new);
    }

    private static RunManifest manifest(RunStatus status) {
        return RunManifest.newBuilder()
                .setRun(RUN)
                .setModel("784-10")
                .setDataSet("digits")
                .setOptimizer("sgd(learning-rate=0.1)")
                .setRule("simpson-2")
                .setStarted(Timestamps.fromMillis(1_700_000_000_250L))
                .setStatus(status)
                .build();
    }
}
