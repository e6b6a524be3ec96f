package io.lossledger.producer.blas.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/** Memory off the heap, where BLAS reads and writes. A view of it belongs to one thread. */
public final class FloatMemory implements AutoCloseable {
    private final FloatPointer pointer;
    private final FloatBuffer buffer;
    private final boolean owner;

    private FloatMemory(FloatPointer pointer, boolean owner) {
        this.pointer = pointer;
        this.buffer = pointer.asBuffer();
        this.owner = owner;
    }

    /**
     * Allocates memory, filled with zeros.
     *
     * @throws OutOfMemoryError when there is not enough memory
     */
    public static FloatMemory allocate(int length) {
        FloatMemory memory = new FloatMemory(new FloatPointer(length), true);
        memory.fill(new float[Math.min(length, 1 << 14)], length);
        return memory;
    }

    /** Allocates memory for a copy of an array. */
    public static FloatMemory of(float[] elements) {
        FloatMemory memory = new FloatMemory(new FloatPointer(elements.length), true);
        memory.put(0, elements, 0, elements.length);
        return memory;
    }

    /** The same memory for another thread; not to be used after this one is closed. */
    public FloatMemory view() {
        return new FloatMemory(new FloatPointer(pointer).position(0), false);
    }

    /** The pointer for BLAS; valid until the next call. */
    public FloatPointer at(int index) {
        if (pointer.isNull()) { // BLAS would crash
            throw new IllegalStateException("The memory is closed");
        }
        return pointer.position(index);
    }

    public float get(int index) {
        return buffer.get(index);
    }

    public void add(int index, float summand) {
        buffer.put(index, buffer.get(index) + summand);
    }

    public void put(int index, float[] from, int offset, int count) {
        buffer.put(index, from, offset, count);
    }

    public void get(int index, float[] into, int offset, int count) {
        buffer.get(index, into, offset, count);
    }

    /** Adds a range to a sum, in double, and sets the range to 0. */
    public void moveTo(double[] sum, int from, int to, float[] block) {
        for (int at = from; at < to; at += block.length) {
            int count = Math.min(block.length, to - at);
            buffer.get(at, block, 0, count);
            for (int i = 0; i < count; i++) {
                sum[at + i] += block[i];
            }
            Arrays.fill(block, 0);
            buffer.put(at, block, 0, count);
        }
    }

    /** Copies everything to an array, and sets it to 0. */
    public void moveTo(float[] array) {
        buffer.get(0, array, 0, array.length);
        fill(new float[Math.min(array.length, 1 << 12)], array.length);
    }

    private void fill(float[] zeros, int length) {
        for (int at = 0; at < length; at += zeros.length) {
            buffer.put(at, zeros, 0, Math.min(zeros.length, length - at));
        }
    }

    @Override
    public void close() {
        if (owner) {
            pointer.close();
        }
    }
}
