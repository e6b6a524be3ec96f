package io.lossledger.producer;

import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.protocol.v1.RunStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures and publishes segments on a thread of its own, beside the training.
 *
 * <p>{@link #record} puts a segment in a bounded queue. When the queue is full, training waits or the segment is skipped, as
 * the settings say. A segment that cannot be measured is logged and skipped. Skipped steps are counted in the report and
 * missing in the results; nothing is booked in their place.
 *
 * <p>Memory, for K parameters: (queue + 2) segments of 8K bytes, 8K more for each update part; while one is measured, (splits +
 * 1) gradients and some vectors of the element type; and what the publisher keeps unsent.
 *
 * <p>{@link #record}, {@link #finish} and {@link #close} are for the training thread; {@link #report} for any.
 */
public final class LedgerRecorder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerRecorder.class);

    private final LedgerPublisher publisher;
    private final MeasureSettings measure;
    private final WhenBehind whenBehind;
    private final List<SegmentMeasurer> measurers = new ArrayList<>();
    private final int leastGradients;
    private final Consumer<StepUpdate> observer;
    private final BlockingQueue<Runnable> queue;
    private final Thread thread;
    private final AtomicLong waitedNanos = new AtomicLong();
    private boolean ended;

    /**
     * Starts the thread. Owns the publisher and closes it.
     *
     * @param observer told of each measured step, on the recorder's thread
     * @throws IllegalArgumentException when the budget of gradients is too small for the objectives, or two have one name
     */
    public LedgerRecorder(
            LedgerPublisher publisher,
            List<? extends LedgerObjective> objectives,
            MeasureSettings measure,
            RecordSettings settings,
            Consumer<StepUpdate> observer) {
        this.publisher = publisher;
        this.measure = measure;
        this.whenBehind = settings.whenBehind();
        this.observer = observer;
        this.queue = new ArrayBlockingQueue<>(settings.queueSegments());
        for (LedgerObjective objective : objectives) {
            measurers.add(SegmentMeasurer.of(objective, publisher.layout(), measure));
        }
        leastGradients = requireBudget(objectives, measure);
        thread = new Thread(this::work, "lossledger-recorder");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Requires that the objectives can be measured within the budget.
     *
     * @return gradients that a step costs before any refinement
     * @throws IllegalArgumentException when there are none, two have one name, or the budget is too small
     */
    public static int requireBudget(List<? extends LedgerObjective> objectives, MeasureSettings measure) {
        List<String> names =
                objectives.stream().map(LedgerObjective::name).distinct().toList();
        if (names.isEmpty() || names.size() < objectives.size()) {
            throw new IllegalArgumentException("objectives: must be at least one, each with a name of its own. Found: "
                    + objectives.stream().map(LedgerObjective::name).toList());
        }
        int sampled = (int)
                objectives.stream().filter(SampledObjective.class::isInstance).count();
        int least = measure.leastGradients(objectives.size() - sampled, sampled);
        if (measure.maxGradients() != 0 && measure.maxGradients() < least) {
            throw new IllegalArgumentException("max-gradients-per-step: must be at least " + least + " for "
                    + objectives.size() + " objectives. Found: " + measure.maxGradients());
        }
        return least;
    }

    /** Hands a segment over to be measured; waits for room or skips it. */
    public void record(TrainedSegment segment) {
        Runnable task = () -> measure(segment);
        if (whenBehind == WhenBehind.SKIP ? !queue.offer(task) : !put(task)) {
            publisher.skip(segment.stepsCovered(), SkipReason.BEHIND);
        }
    }

    /**
     * Measures what waits, ends the run and waits until everything is sent.
     *
     * @param stepsTrained the step after the last one trained
     * @param failure why the run failed; empty when it did not
     */
    public PublishReport finish(RunStatus outcome, int stepsTrained, String failure) {
        if (end()) {
            publisher.finish(outcome, stepsTrained, failure);
        }
        return report();
    }

    /** What has become of the segments so far. */
    public PublishReport report() {
        return publisher.report();
    }

    /** Nanoseconds that the training thread has waited for room in the queue. */
    public long waitedNanos() {
        return waitedNanos.get();
    }

    /** Measures what waits and closes the publisher; a run that was not finished stays open in the ledger. */
    @Override
    public void close() {
        end();
        publisher.close();
    }

    /** Waits for the thread to have worked off the queue; false when that was done before or was interrupted. */
    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        Runnable last = () -> Thread.currentThread().interrupt();
        try {
            queue.put(last);
            thread.join();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean put(Runnable task) {
        if (queue.offer(task)) {
            return true;
        }
        long start = System.nanoTime();
        try {
            queue.put(task);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waitedNanos.addAndGet(System.nanoTime() - start);
        }
    }

    private void work() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                queue.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end
        }
    }

    private void measure(TrainedSegment trained) {
        StepUpdate update;
        try {
            Segment segment = new Segment(trained.start(), trained.end());
            FlatVector delta = segment.delta(measure.type());
            GradientBudget budget = new GradientBudget(measure.maxGradients());
            budget.spend(leastGradients);
            List<ObjectiveStep> results = new ArrayList<>();
            for (SegmentMeasurer measurer : measurers) {
                results.add(measurer.measure(segment, delta, budget));
            }
            List<StepUpdate.Part> parts = trained.parts().entrySet().stream()
                    .map(part -> new StepUpdate.Part(part.getKey(), FlatVector.of(measure.type(), part.getValue())))
                    .toList();
            update = new StepUpdate(trained.step(), trained.stepsCovered(), delta, parts, results, trained.facts());
            publisher.publish(update);
        } catch (RuntimeException | Error e) { // native memory that runs out is an Error; training must go on
            log.warn("Step {} could not be measured and will be missing", trained.step(), e);
            publisher.skip(trained.stepsCovered(), SkipReason.FAILED);
            return;
        }
        try {
            observer.accept(update);
        } catch (RuntimeException e) {
            log.warn("The observer of measured steps failed at step {}", trained.step(), e);
        }
    }
}
