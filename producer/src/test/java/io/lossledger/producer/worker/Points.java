package io.lossledger.producer.worker;

import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.BlockEnd;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.PointChunk;
import java.nio.charset.StandardCharsets;

/** Points of three parameters in two chunks; the parameters of step t are t, t + 0.25 and t + 0.5, in path p plus 1000 p. */
final class Points {
    static final int FIRST_STEP = 2;
    static final int STEPS_IN_BLOCK = 4;
    static final int LENGTH = 3;

    private Points() {}

    static Point chunk(int block, int step, int path, int chunk) {
        float[] values = {at(step, path, 0), at(step, path, 1), at(step, path, 2)};
        int from = chunk == 0 ? 0 : 2;
        int count = chunk == 0 ? 2 : 1;
        return header(block, step)
                .setPath(path)
                .setChunk(PointChunk.newBuilder()
                        .setChunk(chunk)
                        .setChunks(2)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                        .setOffset(from)
                        .setCount(count)
                        .setLength(LENGTH)
                        .setValues(VectorBytes.encode(values, from, count)))
                .build();
    }

    static Point end(int block, int step) {
        return header(block, step).setEnd(BlockEnd.newBuilder().setPoints(5)).build();
    }

    static float at(int step, int path, int parameter) {
        return 1_000 * path + step + parameter / 4f;
    }

    static byte[] key(Point point) {
        return PointKey.of(point.getRun(), point.getBlock()).getBytes(StandardCharsets.UTF_8);
    }

    private static Point.Builder header(int block, int step) {
        return Point.newBuilder()
                .setRun("recorded")
                .setSession(7)
                .setFirstStep(FIRST_STEP)
                .setStepsInBlock(STEPS_IN_BLOCK)
                .setBlock(block)
                .setStep(step);
    }
}
