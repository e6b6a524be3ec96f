package io.lossledger.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.measure.TestObjective;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LedgerRecorderTest {
    private static final ModelLayout LAYOUT = new ModelLayout(
            1, List.of(new TensorLayout("0_W", "x", 0, ParameterRole.PARAMETER_ROLE_WEIGHT, 0, 1, 1, 0)));
    private static final MeasureSettings MEASURE = MeasureSettings.DEFAULT.withType(ElementType.ELEMENT_TYPE_FLOAT64);
    private static final int QUEUE = 3;

    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch started = new CountDownLatch(1);
    private final List<StepUpdate> measured = new CopyOnWriteArrayList<>();

    /** L = x², but evaluated only when the test allows it. */
    private final TestObjective held = new TestObjective(
            at -> {
                started.countDown();
                await(released);
                return at[0] * at[0];
            },
            at -> new double[] {2 * at[0]});

    @Test
    void skipsStepsWhenBehindAndBooksTheOthersRight() {
        LedgerRecorder recorder = recorder(held, WhenBehind.SKIP);
        recorder.record(segment(0));
        await(started); // one is being measured, so that the queue is empty
        for (int step = 1; step < 10; step++) {
            recorder.record(segment(step));
        }
        assertThat(recorder.report().skipped(SkipReason.BEHIND)).isEqualTo(10 - 1 - QUEUE);
        released.countDown();
        recorder.record(segment(10)); // may be skipped or not
        PublishReport report = recorder.finish(RunStatus.RUN_STATUS_FINISHED, 11, "");

        assertThat(report.steps() + report.skippedSteps()).isEqualTo(11);
        assertThat(measured).extracting(StepUpdate::step).startsWith(0, 1, 2, 3);
        for (StepUpdate update : measured) {
            ObjectiveStep objective = update.objectives().get(0);
            assertThat(update.delta().get(0)).isEqualTo(1);
            assertThat(objective.lossChange()).isEqualTo(2 * update.step() + 1);
        }
    }

    @Test
    void waitsWhenBehindAndBooksEveryStep() throws InterruptedException {
        LedgerRecorder recorder = recorder(held, WhenBehind.WAIT);
        Thread training = new Thread(() -> {
            for (int step = 0; step < 10; step++) {
                recorder.record(segment(step));
            }
        });
        training.start();
        await(started);
        released.countDown();
        training.join();
        PublishReport report = recorder.finish(RunStatus.RUN_STATUS_FINISHED, 10, "");

        assertThat(report.steps()).isEqualTo(10);
        assertThat(report.skippedSteps()).isZero();
        assertThat(measured).extracting(StepUpdate::step).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void losesAStepAndNotTheTrainingWhenAnEvaluationFails() {
        TestObjective broken = new TestObjective(
                at -> {
                    if (at[0] == 3) {
                        throw new IllegalStateException("out of order");
                    }
                    return at[0];
                },
                at -> new double[] {1});
        LedgerRecorder recorder = recorder(broken, WhenBehind.WAIT);
        for (int step = 0; step < 6; step++) {
            recorder.record(segment(step));
        }
        PublishReport report = recorder.finish(RunStatus.RUN_STATUS_FINISHED, 6, "");

        assertThat(report.skipped(SkipReason.FAILED))
                .as("those that begin or end at 3")
                .isEqualTo(2);
        assertThat(measured).extracting(StepUpdate::step).containsExactly(0, 1, 4, 5);
        assertThat(report.lostAnything()).isTrue();
    }

    @Test
    void closesTheBooksOfAnInterruptedTraining() {
        LedgerRecorder recorder = recorder(new TestObjective(at -> 0, at -> new double[1]), WhenBehind.WAIT);
        for (int step = 0; step < 3; step++) {
            recorder.record(segment(step));
        }
        Thread.currentThread().interrupt();
        PublishReport report = recorder.finish(RunStatus.RUN_STATUS_INTERRUPTED, 3, "");

        assertThat(Thread.interrupted()).as("the flag stays").isTrue();
        assertThat(report.steps()).isEqualTo(3);
        assertThat(report.skippedSteps()).isZero();
    }

    /** An Error and an interruption, both on the recorder's thread. */
    @Test
    void survivesAFailingObserver() {
        LedgerRecorder recorder = recorder(
                TestPublishers.intoTheVoid(LAYOUT),
                new StepMeasurer(List.of(new TestObjective(at -> 0, at -> new double[1])), LAYOUT, MEASURE),
                RecordSettings.DEFAULT,
                update -> {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("no screen");
                });
        recorder.record(segment(0));
        recorder.record(segment(1));

        PublishReport report = recorder.finish(RunStatus.RUN_STATUS_FINISHED, 2, "");
        assertThat(report.steps()).isEqualTo(2);
        assertThat(report.skippedSteps()).isZero();
    }

    @Test
    void namesABudgetThatIsTooSmall() {
        MeasureSettings settings =
                new MeasureSettings(ElementType.ELEMENT_TYPE_FLOAT64, MeasureSettings.Rule.RK4, 8, 0, 0.01, 1);

        assertThatThrownBy(() -> new StepMeasurer(List.of(held), LAYOUT, settings))
                .hasMessage("max-gradients-per-step: must be at least 2 for 1 objectives. Found: 1");
    }

    @Test
    void namesObjectivesWithTheSameName() {
        assertThatThrownBy(() -> new StepMeasurer(List.of(held, held), LAYOUT, MEASURE))
                .hasMessage("objectives: must be at least one, each with a name of its own. Found: [train, train]");
    }

    private LedgerRecorder recorder(Objective objective, WhenBehind whenBehind) {
        return recorder(
                TestPublishers.intoTheVoid(LAYOUT),
                new StepMeasurer(List.of(objective), LAYOUT, MEASURE),
                new RecordSettings(0, 1, QUEUE, whenBehind),
                measured::add);
    }

    private static LedgerRecorder recorder(
            LedgerPublisher publisher, StepMeasurer measurer, RecordSettings settings, Consumer<StepUpdate> observer) {
        return new LedgerRecorder(publisher, new MeasuredSegments(publisher, measurer, false, observer), settings);
    }

    /** From x = step to x = step + 1. */
    private static TrainedSegment segment(int step) {
        return new TrainedSegment(
                step,
                1,
                FlatVector.of(new double[] {step}),
                FlatVector.of(new double[] {step + 1}),
                Map.of(),
                StepFacts.getDefaultInstance());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
