package io.lossledger.producer.worker;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.PointChunk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Parses a record of the trajectory topic and checks it against the contract. Stateless. */
final class PointParser {
    private static final long MAX_STEP = Integer.MAX_VALUE - 1L;
    private static final int MAX_CHUNKS = 1 << 20;
    /** Arrays of the JVM have fewer elements. */
    private static final long MAX_LENGTH = Integer.MAX_VALUE - 8L;

    private static final int MAX_WARNING_LENGTH = 1_000;

    private PointParser() {}

    /** @throws InvalidPointException when the record breaks the contract; the message names the field */
    static Point parse(byte @Nullable [] key, byte @Nullable [] value) {
        if (value == null) {
            throw new InvalidPointException("point: must have a value. Found: null");
        }
        Point point = decode(value);
        if (!RunId.isValid(point.getRun())) {
            throw new InvalidPointException(
                    "point.run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: " + point.getRun());
        }
        requireHeader(point);
        String expected = PointKey.of(point.getRun(), point.getBlock());
        if (key == null || !Arrays.equals(key, expected.getBytes(StandardCharsets.UTF_8))) {
            throw new InvalidPointException("record key: must be " + expected + ". Found: "
                    + (key == null ? "null" : new String(key, StandardCharsets.UTF_8)));
        }
        if (point.hasChunk()) {
            requireChunk(point.getChunk());
        } else if (!point.hasEnd()) {
            throw new InvalidPointException("point.body: must be chunk or end. Found: none");
        }
        return point;
    }

    private static Point decode(byte[] value) {
        try {
            // The values make up most of a record and are not copied: nothing changes the bytes.
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(value).newCodedInput();
            in.enableAliasing(true);
            Point point = Point.parseFrom(in);
            in.checkLastTagWas(0);
            return point;
        } catch (IOException e) {
            throw new InvalidPointException("point: must be a lossledger.v1.Point message. Found: " + value.length
                    + " bytes, " + e.getMessage());
        }
    }

    private static void requireHeader(Point point) {
        if (point.getSession() == 0) {
            throw new InvalidPointException("point.session: must be that of the run. Found: 0");
        }
        inRange("point.steps_in_block", 1, MAX_STEP, Integer.toUnsignedLong(point.getStepsInBlock()));
        inRange("point.step", 0, MAX_STEP, Integer.toUnsignedLong(point.getStep()));
        inRange("point.first_step", 0, point.getStep(), Integer.toUnsignedLong(point.getFirstStep()));
        long first = firstStep(point);
        inRange("point.step", first, first + point.getStepsInBlock(), point.getStep());
        if (!Timestamps.isValid(point.getFacts().getTime())) {
            throw new InvalidPointException("point.facts.time: must be in the years 1 to 9999. Found: "
                    + point.getFacts().getTime().getSeconds() + " s");
        }
        inRange(
                "length of point.facts.warning",
                0,
                MAX_WARNING_LENGTH,
                point.getFacts().getWarning().length());
    }

    /** The first step of the point's block. */
    static long firstStep(Point point) {
        return point.getFirstStep() + Integer.toUnsignedLong(point.getBlock()) * point.getStepsInBlock();
    }

    private static void requireChunk(PointChunk chunk) {
        inRange("point.chunk.chunks", 1, MAX_CHUNKS, Integer.toUnsignedLong(chunk.getChunks()));
        inRange("point.chunk.chunk", 0, chunk.getChunks() - 1L, Integer.toUnsignedLong(chunk.getChunk()));
        inRange("point.chunk.length", 1, MAX_LENGTH, chunk.getLength());
        inRange("point.chunk.offset", 0, chunk.getLength() - 1, chunk.getOffset());
        inRange(
                "point.chunk.count",
                1,
                chunk.getLength() - chunk.getOffset(),
                Integer.toUnsignedLong(chunk.getCount()));
        long bytes = (long) chunk.getCount() * elementBytes(chunk.getElementType());
        if (chunk.getValues().size() != bytes) {
            throw new InvalidPointException("point.chunk.values: must have " + bytes + " bytes for " + chunk.getCount()
                    + " parameters. Found: " + chunk.getValues().size());
        }
    }

    private static int elementBytes(ElementType type) {
        return switch (type) {
            case ELEMENT_TYPE_FLOAT32 -> Float.BYTES;
            case ELEMENT_TYPE_FLOAT64 -> Double.BYTES;
            default ->
                throw new InvalidPointException(
                        "point.chunk.element_type: must be ELEMENT_TYPE_FLOAT32 or ELEMENT_TYPE_FLOAT64. Found: "
                                + type);
        };
    }

    private static void inRange(String field, long least, long most, long value) {
        if (value < least || value > most) {
            throw new InvalidPointException(field + ": must be from " + least + " to " + most + ". Found: " + value);
        }
    }
}
