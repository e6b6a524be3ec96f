package io.lossledger.producer.trajectory;

import io.lossledger.producer.SegmentWork;
import io.lossledger.producer.measure.MeasureTiming;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.StepFacts;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records segments: sends the points at which they start and end, in blocks. A point that is not sent, because Kafka is away or the
 * recorder's queue was full, lengthens the next segment. Only steps that no segment can cover any more are counted as
 * skipped: those at the edge of a block whose point there is not sent, and those before something other than the optimizer moved the
 * parameters.
 *
 * <p>Memory: the publisher's unsent records. Used by the recorder's thread, except for {@link #missed} and {@link #timing}.
 */
public final class RecordedSegments implements SegmentWork {
    private static final Logger log = LoggerFactory.getLogger(RecordedSegments.class);

    private final LedgerPublisher publisher;
    private final BlockPlan plan;
    private final PointRecords records;
    private final Consumer<TrainedSegment> observer;
    private final MeasureTiming timing = new MeasureTiming();
    private final Queue<Missed> missed = new ConcurrentLinkedQueue<>();

    private int block;
    private int points;
    /** -1 before the first segment. */
    private int path = -1;

    /** Whether the training leads from the block's last sent point to the end of the last segment. */
    private boolean attached;
    /** Steps since the block's last sent point, by the reason why the point after them is not sent. */
    private final Map<SkipReason, Integer> open = new EnumMap<>(SkipReason.class);
    /** Facts about the last step. */
    private StepFacts facts = StepFacts.getDefaultInstance();

    /** A segment whose points are lost; without the points, because many may be lost in a row. */
    private record Missed(int step, int steps, boolean begins, StepFacts facts, SkipReason reason) {}

    /**
     * @param publisher publisher of a run whose manifest has a trajectory
     * @param observer receives each segment when its point is sent, or given up
     */
    public RecordedSegments(LedgerPublisher publisher, Consumer<TrainedSegment> observer) {
        this.publisher = publisher;
        this.plan = BlockPlan.of(publisher.manifest());
        this.records = new PointRecords(publisher);
        this.observer = observer;
    }

    @Override
    public void take(TrainedSegment segment) {
        takeMissed(segment.step());
        if (segment.begins() || path < 0) {
            beginPath();
        } else if (attached && segment.firstStep() == plan.end(block)) {
            send(segment.firstStep(), segment.start(), facts); // the block's last point, now that it is here again
        }
        endBlocksBefore(plan.block(segment.step()));
        if (!attached) {
            start(segment);
        }
        facts = segment.facts();
        int end = segment.step() + 1;
        if (!attached || !send(end, segment.end(), facts)) {
            open.merge(SkipReason.KAFKA_AWAY, segment.stepsCovered(), Integer::sum);
        } else if (end == plan.end(block)) {
            endBlock(end);
        }
        observe(segment);
    }

    @Override
    public void missed(TrainedSegment segment, SkipReason reason) {
        missed.add(new Missed(segment.step(), segment.stepsCovered(), segment.begins(), segment.facts(), reason));
    }

    @Override
    public void end(int stepsTrained) {
        takeMissed(Integer.MAX_VALUE);
        int last = plan.block(stepsTrained - 1);
        endBlocksBefore(last);
        if (block == last) {
            endBlock(stepsTrained);
        }
    }

    /** No gradient is evaluated here. */
    @Override
    public MeasureTiming timing() {
        return timing;
    }

    /** Accounts for the segments before a step whose points are lost. */
    private void takeMissed(int step) {
        for (Missed next = missed.peek(); next != null && next.step() < step; next = missed.peek()) {
            if (next.begins()) {
                beginPath();
            }
            open.merge(next.reason(), next.steps(), Integer::sum);
            facts = next.facts();
            missed.remove();
        }
    }

    /** Sends the point at which a segment starts. */
    private void start(TrainedSegment segment) {
        if (publisher.sendOther(
                records.point(block, segment.firstStep(), segment.start(), path, StepFacts.getDefaultInstance()))) {
            giveUp();
            points++;
            attached = true;
        }
    }

    /** Sends a point to which a segment leads; false when Kafka is away. */
    private boolean send(int step, FlatVector parameters, StepFacts before) {
        if (!publisher.sendSegment(records.point(block, step, parameters, path, before), step - 1)) {
            return false;
        }
        points++;
        open.clear();
        return true;
    }

    private void endBlocksBefore(int next) {
        while (block < next) {
            endBlock(plan.end(block));
        }
    }

    private void endBlock(int step) {
        giveUp();
        publisher.sendOrKeep(records.end(block, step, points));
        block++;
        points = 0;
        attached = false;
    }

    /** No segment leads from what came before to what comes now. */
    private void beginPath() {
        attached = false;
        path++;
    }

    /** Counts the steps that no segment can cover any more. */
    private void giveUp() {
        open.forEach((reason, steps) -> publisher.skip(steps, reason));
        open.clear();
    }

    private void observe(TrainedSegment segment) {
        try {
            observer.accept(segment);
        } catch (RuntimeException | Error e) { // the point is sent
            log.warn("The observer of recorded segments failed at step {}", segment.step(), e);
        }
    }
}
