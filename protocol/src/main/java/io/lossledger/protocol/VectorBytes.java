package io.lossledger.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors as little-endian bytes, as defined in the contract. Stateless. */
public final class VectorBytes {
    private VectorBytes() {}

    /** {@code count} elements from {@code from}, 4 bytes each. */
    public static ByteString encode(float[] vector, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector, from, count);
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /** {@code count} elements from {@code from}, 8 bytes each. */
    public static ByteString encode(double[] vector, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, Double.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(vector, from, count);
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /** Reads {@code count} elements; the bytes must hold as many. */
    public static void decode(ByteString bytes, float[] target, int count) {
        decode(bytes, target, 0, count);
    }

    /** Reads {@code count} elements into the target from {@code from}; the bytes must hold as many. */
    public static void decode(ByteString bytes, float[] target, int from, int count) {
        bytes.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(target, from, count);
    }

    /** Reads {@code count} elements; the bytes must hold as many. */
    public static void decode(ByteString bytes, double[] target, int count) {
        decode(bytes, target, 0, count);
    }

    /** Reads {@code count} elements into the target from {@code from}; the bytes must hold as many. */
    public static void decode(ByteString bytes, double[] target, int from, int count) {
        bytes.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(target, from, count);
    }
}
