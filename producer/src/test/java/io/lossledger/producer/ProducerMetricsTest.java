package io.lossledger.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.measure.TestObjective;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProducerMetricsTest {
    private static final ModelLayout LAYOUT = new ModelLayout(
            1, List.of(new TensorLayout("0_W", "x", 0, ParameterRole.PARAMETER_ROLE_WEIGHT, 0, 1, 1, 0)));
    private static final int QUEUE = 3;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Test
    void countsTheOutcomeOfEveryStep() throws InterruptedException {
        LedgerRecorder recorder = recorder();
        try (ProducerMetrics metrics = recorder.metrics()) {
            metrics.bindTo(registry);
            recorder.record(segment(0));
            assertThat(started.await(30, TimeUnit.SECONDS)).isTrue(); // the queue is empty, and nothing leaves it now
            for (int step = 1; step <= QUEUE + 2; step++) {
                recorder.record(segment(step));
            }

            assertThat(value(LedgerMetric.PRODUCER_QUEUE_STEPS)).isEqualTo(QUEUE);
            assertThat(value(LedgerMetric.PRODUCER_STEPS_MEASURED)).isZero();
            assertThat(value(LedgerMetric.PRODUCER_STEPS_SKIPPED, "behind")).isEqualTo(2);
            assertThat(value(LedgerMetric.PRODUCER_STEPS_SKIPPED, "kafka-away")).isZero();
            assertThat(value(LedgerMetric.PRODUCER_STEPS_SKIPPED, "failed")).isZero();

            released.countDown();
            recorder.finish(RunStatus.RUN_STATUS_FINISHED, QUEUE + 3, "");

            assertThat(value(LedgerMetric.PRODUCER_QUEUE_STEPS)).isZero();
            assertThat(value(LedgerMetric.PRODUCER_STEPS_MEASURED)).isEqualTo(QUEUE + 1);
            assertThat(value(LedgerMetric.PRODUCER_STEPS_SENT)).isEqualTo(QUEUE + 1);
            assertThat(value(LedgerMetric.PRODUCER_UNSENT_BYTES)).isZero();
            assertThat(value(LedgerMetric.PRODUCER_FAILED_RECORDS)).isZero();
            var gradient =
                    registry.get(LedgerMetric.PRODUCER_GRADIENT.meterName()).functionTimer();
            assertThat(gradient.count())
                    .as("three for the first step, two for each other")
                    .isEqualTo(3 + 2 * QUEUE);
            assertThat(gradient.totalTime(TimeUnit.NANOSECONDS))
                    .isCloseTo(recorder.timing().time().toNanos(), within(1.0));
        }
    }

    @Test
    void registersWhatIsInTheCatalogueAndNothingElseUntilItIsClosed() {
        LedgerRecorder recorder = recorder();
        try (ProducerMetrics metrics = recorder.metrics()) {
            metrics.bindTo(registry);

            List<Meter> ours = registry.getMeters().stream()
                    .filter(meter -> meter.getId().getName().startsWith("lossledger."))
                    .toList();
            for (Meter meter : ours) {
                LedgerMetric metric = Arrays.stream(LedgerMetric.values())
                        .filter(known -> known.meterName().equals(meter.getId().getName()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(meter.getId() + " is not in the catalogue"));
                assertThat(meter.getId().getTags().stream().map(Tag::getKey))
                        .as(metric.name())
                        .containsExactlyInAnyOrderElementsOf(metric.tags());
                assertThat(meter.getId().getTag("run")).isEqualTo("r");
                assertThat(meter.getId().getDescription()).isEqualTo(metric.help());
            }
            assertThat(ours.stream().map(meter -> meter.getId().getName()).collect(Collectors.toSet()))
                    .isEqualTo(Arrays.stream(LedgerMetric.values())
                            .filter(metric -> metric.scope() == LedgerMetric.Scope.TRAINER)
                            .map(LedgerMetric::meterName)
                            .collect(Collectors.toSet()));
        }
        assertThat(registry.getMeters()).isEmpty();
        released.countDown();
        recorder.close();
    }

    /** L = x, evaluated only when the test allows it. */
    private LedgerRecorder recorder() {
        Objective held = new TestObjective(
                at -> {
                    started.countDown();
                    try {
                        assertThat(released.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return at[0];
                },
                at -> new double[] {1});
        LedgerPublisher publisher = TestPublishers.intoTheVoid(LAYOUT);
        StepMeasurer measurer = new StepMeasurer(
                List.of(held), LAYOUT, MeasureSettings.DEFAULT.withType(ElementType.ELEMENT_TYPE_FLOAT64));
        return new LedgerRecorder(
                publisher,
                new MeasuredSegments(publisher, measurer, false, update -> {}),
                new RecordSettings(0, 1, QUEUE, WhenBehind.SKIP));
    }

    private static TrainedSegment segment(int step) {
        return new TrainedSegment(
                step,
                1,
                FlatVector.of(new double[] {step}),
                FlatVector.of(new double[] {step + 1}),
                Map.of(),
                StepFacts.getDefaultInstance());
    }

    /** The value of the one meter of this name that has all these tag values. */
    private double value(LedgerMetric metric, String... values) {
        List<Meter> found = registry.find(metric.meterName()).meters().stream()
                .filter(meter -> meter.getId().getTags().stream()
                        .map(Tag::getValue)
                        .toList()
                        .containsAll(List.of(values)))
                .toList();
        assertThat(found).as(metric.name()).hasSize(1);
        return found.get(0).measure().iterator().next().getValue();
    }
}
