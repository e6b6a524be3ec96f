package io.lossledger.producer.worker;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.PointChunk;
import io.lossledger.protocol.v1.StepFacts;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the points of one block together and cuts segments from them: one from each whole point to the next one of the same
 * path. A point that is not whole lengthens the next segment. Memory: two points. Not thread-safe.
 */
final class OpenBlock {
    private final Point first;
    private final ElementType type;
    private final int length;
    /** The last whole point. */
    private @Nullable FlatVector whole;

    private int step = -1;
    private int path = -1;
    /** The point that is arriving. */
    private int nextStep = -1;

    private int nextPath = -1;
    private int chunks;
    private int filled;
    private float[] floats = {};
    private double[] doubles = {};

    /**
     * @param first the first record of the block that came
     * @param type element type of the run's points
     * @param length parameters of the run's points
     */
    OpenBlock(Point first, ElementType type, int length) {
        this.first = first;
        this.type = type;
        this.length = length;
    }

    /** The first record of the block that came. */
    Point first() {
        return first;
    }

    /** Index of the block. */
    int block() {
        return first.getBlock();
    }

    /** The first step of the block. */
    int firstStep() {
        return (int) PointParser.firstStep(first);
    }

    /** The step after the last one that belongs to the block; the training may end before it. */
    int endStep() {
        return firstStep() + first.getStepsInBlock();
    }

    /**
     * Adds a chunk of a point.
     *
     * @return the segment that this chunk completes
     * @throws InvalidPointException when it contradicts the block or the run; the point is then lost
     */
    Optional<TrainedSegment> add(Point point) {
        requireSame("session", first.getSession(), point.getSession());
        requireSame("first_step", first.getFirstStep(), point.getFirstStep());
        requireSame("steps_in_block", first.getStepsInBlock(), point.getStepsInBlock());
        PointChunk chunk = point.getChunk();
        if (chunk.getElementType() != type) {
            throw new InvalidPointException("point.chunk.element_type: must be " + type
                    + ", as in the run's manifest. Found: " + chunk.getElementType());
        }
        requireSame("chunk.length", length, chunk.getLength());
        boolean later = point.getPath() == path ? point.getStep() > step : point.getPath() > path;
        if (!later) {
            return Optional.empty(); // came before
        }
        if (point.getStep() != nextStep || point.getPath() != nextPath) {
            begin(point);
        }
        if (chunk.getChunk() < chunks) {
            return Optional.empty(); // came before
        }
        if (chunk.getChunk() != chunks || chunk.getOffset() != filled) {
            return Optional.empty(); // a chunk is lost, and with it the point
        }
        chunks++;
        fill(chunk);
        boolean complete = chunks == chunk.getChunks() && filled == length;
        return complete ? complete(point) : Optional.empty();
    }

    private void begin(Point point) {
        nextStep = point.getStep();
        nextPath = point.getPath();
        chunks = 0;
        filled = 0;
        if (type == ElementType.ELEMENT_TYPE_FLOAT64) {
            doubles = new double[length];
        } else {
            floats = new float[length];
        }
    }

    private void fill(PointChunk chunk) {
        if (type == ElementType.ELEMENT_TYPE_FLOAT64) {
            VectorBytes.decode(chunk.getValues(), doubles, filled, chunk.getCount());
        } else {
            VectorBytes.decode(chunk.getValues(), floats, filled, chunk.getCount());
        }
        filled += chunk.getCount();
    }

    private Optional<TrainedSegment> complete(Point point) {
        FlatVector start = whole;
        int from = step;
        boolean joined = point.getPath() == path;
        FlatVector end = type == ElementType.ELEMENT_TYPE_FLOAT64 ? FlatVector.of(doubles) : FlatVector.of(floats);
        whole = end;
        step = point.getStep();
        path = point.getPath();
        if (start == null || !joined) {
            return Optional.empty();
        }
        return Optional.of(segment(from, start, end, point.getFacts()));
    }

    private TrainedSegment segment(int from, FlatVector start, FlatVector end, StepFacts facts) {
        return new TrainedSegment(step - 1, step - from, start, end, Map.of(), facts);
    }

    private static void requireSame(String field, long expected, long found) {
        if (expected != found) {
            throw new InvalidPointException("point." + field + ": must be " + Long.toUnsignedString(expected)
                    + ", as in the run's manifest and first record. Found: " + Long.toUnsignedString(found));
        }
    }
}
