package io.lossledger.producer.worker;

import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of one block: its segments are measured, and every other step is lost. When it has ended and all is measured, its
 * updates settle each of its steps. Used by the worker's thread alone.
 */
final class BlockWork {
    private static final Logger log = LoggerFactory.getLogger(BlockWork.class);
    private static final String NOT_RECORDED = "no two points of the trajectory around it came";
    static final String GONE = "its points are gone from the topic, or never came";

    private final OpenBlock points;
    private final RunMeasurer measurer;
    private final long firstOffset;
    private final long firstMillis;
    private final String lostReason;
    private final List<Piece> pieces = new ArrayList<>();
    private int next;
    private int end = -1;

    private record Piece(int from, int to, Future<List<Update>> updates) {}

    /**
     * @param firstOffset offset of the block's first record
     * @param firstMillis its time
     */
    BlockWork(OpenBlock points, RunMeasurer measurer, long firstOffset, long firstMillis) {
        this(points, measurer, firstOffset, firstMillis, NOT_RECORDED);
    }

    private BlockWork(OpenBlock points, RunMeasurer measurer, long firstOffset, long firstMillis, String lostReason) {
        this.lostReason = lostReason;
        this.points = points;
        this.measurer = measurer;
        this.firstOffset = firstOffset;
        this.firstMillis = firstMillis;
        this.next = points.firstStep();
    }

    /**
     * A block of which nothing came, and nothing will: a later one of its run has come in its partition.
     *
     * @param block index of that block
     * @param later a record of the later block
     * @param offset offset of that record
     * @param millis its time
     */
    static BlockWork gone(int block, Point later, RunMeasurer measurer, long offset, long millis) {
        Point header = later.toBuilder().clearBody().setBlock(block).build();
        OpenBlock nothing = new OpenBlock(header, ElementType.ELEMENT_TYPE_UNSPECIFIED, 0);
        BlockWork work = new BlockWork(nothing, measurer, offset, millis, GONE);
        work.end(nothing.firstStep() + later.getStepsInBlock());
        return work;
    }

    OpenBlock points() {
        return points;
    }

    int block() {
        return points.block();
    }

    RunMeasurer measurer() {
        return measurer;
    }

    long firstOffset() {
        return firstOffset;
    }

    long firstMillis() {
        return firstMillis;
    }

    /** Adds a segment that is being measured; segments come in order. */
    void add(TrainedSegment segment, Future<List<Update>> updates) {
        int to = segment.step() + 1;
        pieces.add(new Piece(to - segment.stepsCovered(), to, updates));
        next = to;
    }

    /** Ends the block after the last step that has a segment. */
    void endHere() {
        end(next);
    }

    /** @param step the step after the last one of the block */
    void end(int step) {
        if (end < 0) {
            end = Math.max(next, step);
        }
    }

    /** The step after the last one of the block, once it has ended. */
    int endStep() {
        return end;
    }

    /** The segments that still have to be measured. */
    long unmeasured() {
        return pieces.stream().filter(piece -> !piece.updates().isDone()).count();
    }

    boolean isMeasured() {
        return end >= 0 && unmeasured() == 0;
    }

    /** Does not measure what has not begun. */
    void cancel() {
        pieces.forEach(piece -> piece.updates().cancel(false));
    }

    /** The updates of a block that is measured, and how many of its steps are lost. */
    record Result(List<Update> updates, int segments, int lostSteps) {}

    /** @throws Error when a segment met one, such as that the memory is too small: another worker may do better */
    Result result() {
        List<Update> updates = new ArrayList<>();
        int settled = points.firstStep();
        int segments = 0;
        int lost = 0;
        for (Piece piece : pieces) {
            if (piece.from() > settled) {
                updates.add(measurer.lost(settled, piece.from(), lostReason));
                lost += piece.from() - settled;
            }
            List<Update> measured = measured(piece);
            if (measured.get(0).hasLost()) {
                lost += piece.to() - piece.from();
            } else {
                segments++;
            }
            updates.addAll(measured);
            settled = piece.to();
        }
        if (end > settled) {
            updates.add(measurer.lost(settled, end, lostReason));
            lost += end - settled;
        }
        return new Result(updates, segments, lost);
    }

    private List<Update> measured(Piece piece) {
        try {
            return piece.updates().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the worker was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            log.warn(
                    "Run {}: steps {} to {} could not be measured and will be missing",
                    measurer.manifest().getRun(),
                    piece.from(),
                    piece.to() - 1,
                    e.getCause());
            return List.of(measurer.lost(piece.from(), piece.to(), "it could not be measured: " + e.getCause()));
        }
    }
}
