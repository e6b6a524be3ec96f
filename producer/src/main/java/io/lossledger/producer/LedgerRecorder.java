package io.lossledger.producer;

import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.measure.MeasureTiming;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.RunStatus;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures segments, or sends their points, on its own thread, in parallel with the training.
 *
 * <p>{@link #record} puts a segment into a bounded queue. When the queue is full, training waits or the segment is
 * skipped, depending on the settings. A segment whose work fails is logged and skipped. Skipped steps are
 * counted in the report and missing in the results; nothing is booked in their place.
 *
 * <p>Memory, for K parameters: (queue + 2) vectors in the network's precision, 4K bytes each in float32, and for each of them 8K
 * bytes for each update part; and what the work needs.
 *
 * <p>{@link #record}, {@link #finish} and {@link #close} are for the training thread; {@link #report} and {@link #metrics} for any.
 */
public final class LedgerRecorder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerRecorder.class);

    /** How often a log line says what the recorder waits for. */
    private static final long SAY_MILLIS = 2_000;

    private final LedgerPublisher publisher;
    private final SegmentWork work;
    private final WhenBehind whenBehind;
    private final BlockingQueue<Runnable> queue;
    private final Thread thread;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong waitedNanos = new AtomicLong();
    /** Whether the work on a step failed; used by the recorder's thread only. */
    private boolean failed;

    private boolean ended;
    private boolean interrupted;
    private volatile boolean workedOff;

    /**
     * Starts the thread. Owns the publisher and closes it.
     *
     * @param work what is done with each segment; it sends to the publisher
     */
    public LedgerRecorder(LedgerPublisher publisher, SegmentWork work, RecordSettings settings) {
        this.publisher = publisher;
        this.work = work;
        this.whenBehind = settings.whenBehind();
        this.queue = new ArrayBlockingQueue<>(settings.queueSegments());
        thread = new Thread(this::work, "lossledger-recorder");
        thread.setDaemon(true);
        thread.start();
    }

    /** Queues a segment; waits for room or skips it. */
    public void record(TrainedSegment segment) {
        Runnable task = () -> take(segment);
        if (whenBehind == WhenBehind.SKIP && !queue.offer(task)) {
            work.missed(segment, SkipReason.BEHIND);
        } else if (whenBehind == WhenBehind.WAIT && !put(task)) {
            work.missed(segment, SkipReason.FAILED); // the training thread was interrupted
        }
    }

    /** Counts steps that were trained and cannot be measured. */
    public void skip(int steps, SkipReason reason) {
        publisher.skip(steps, reason);
    }

    /** Logs a warning about the run, and adds it to the final manifest. */
    public void warn(String message) {
        publisher.warn(message);
    }

    /**
     * Works off the queued segments, ends the run and waits until everything is sent.
     *
     * @param stepsTrained the step after the last one trained
     * @param failure why the run failed; empty when it did not
     */
    public PublishReport finish(RunStatus outcome, int stepsTrained, String failure) {
        uninterrupted(() -> {
            if (end()) {
                work.end(stepsTrained);
                publisher.finish(outcome, stepsTrained, failure);
            }
        });
        return report();
    }

    /** What has happened to the segments so far. */
    public PublishReport report() {
        return publisher.report();
    }

    /** What the gradients have cost so far. */
    public MeasureTiming timing() {
        return work.timing();
    }

    /** The nanoseconds that the training thread has waited for room in the queue. */
    public long waitedNanos() {
        return waitedNanos.get();
    }

    /** The metrics of this run, not bound yet; the caller must close them. */
    public ProducerMetrics metrics() {
        return new ProducerMetrics(this, publisher);
    }

    /** The segments that wait. */
    int queuedSegments() {
        return queue.size();
    }

    /** The segments measured or recorded so far. */
    long takenSegments() {
        return taken.get();
    }

    /** Works off the queued segments and closes the publisher; a run that was not finished stays open in the ledger. */
    @Override
    public void close() {
        uninterrupted(() -> {
            end();
            publisher.close();
        });
    }

    /**
     * Runs a task with the interrupt cleared, and then restores it. The books of an interrupted training are closed
     * too, which Kafka's producer would refuse to do on an interrupted thread.
     */
    private void uninterrupted(Runnable task) {
        interrupted |= Thread.interrupted();
        try {
            task.run();
        } finally {
            if (interrupted) {
                interrupted = false;
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until the thread has processed the queue; false if it had done so before. */
    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        boolean handedOver = false;
        while (thread.isAlive()) { // it processes its queue and ends, even after an interrupt
            try {
                if (!handedOver) {
                    handedOver = queue.offer(() -> workedOff = true, SAY_MILLIS, TimeUnit.MILLISECONDS);
                }
                thread.join(SAY_MILLIS);
                if (thread.isAlive()) {
                    log.info("Run {}: {} segments still have to be worked off", publisher.run(), queue.size() + 1);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return true;
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
        while (!workedOff) {
            try {
                queue.take().run();
            } catch (InterruptedException e) {
                log.warn("The recorder was interrupted and continues");
            }
        }
    }

    private void take(TrainedSegment segment) {
        try {
            work.take(segment);
            taken.incrementAndGet();
        } catch (RuntimeException | Error e) { // running out of native memory is an Error; training must go on
            if (!failed) {
                log.warn(
                        "Step {} could not be measured or recorded; later failures are only counted",
                        segment.step(),
                        e);
            }
            failed = true;
            work.missed(segment, SkipReason.FAILED);
        }
    }
}
