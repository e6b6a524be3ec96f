package io.lossledger.producer.blas.kernel;

import java.util.Arrays;

/**
 * Sums over parts of arrays: many running sums in parallel, which are then added in double. Used by one thread.
 *
 * <p>Blocks are copied first, because the compiler of Java 17 uses vector instructions only where all arrays share one
 * index.
 */
public final class FloatSums {
    private static final int WIDTH = 128;
    /** The summands of a running sum before it is added in double. */
    private static final int MOST = 64;

    private final float[] running = new float[WIDTH];
    private final float[] first = new float[WIDTH];
    private final float[] second = new float[WIDTH];

    /** Σ a. */
    public double of(float[] a, int from, int count) {
        double sum = 0;
        int end = from + count;
        int at = from;
        for (int added = 1; at + WIDTH <= end; at += WIDTH, added++) {
            System.arraycopy(a, at, first, 0, WIDTH);
            add(running, first);
            sum += added % MOST == 0 ? take() : 0;
        }
        sum += at > from ? take() : 0;
        for (; at < end; at++) {
            sum += a[at];
        }
        return sum;
    }

    /** Σ (a − center)². */
    public double ofSquares(float[] a, int from, int count, float center) {
        return ofProducts(a, center, a, center, from, count);
    }

    /** Σ (a − aCenter) · (b − bCenter). */
    public double ofProducts(float[] a, float aCenter, float[] b, float bCenter, int from, int count) {
        double sum = 0;
        int end = from + count;
        int at = from;
        for (int added = 1; at + WIDTH <= end; at += WIDTH, added++) {
            System.arraycopy(a, at, first, 0, WIDTH);
            System.arraycopy(b, at, second, 0, WIDTH);
            addProducts(running, first, aCenter, second, bCenter);
            sum += added % MOST == 0 ? take() : 0;
        }
        sum += at > from ? take() : 0;
        for (; at < end; at++) {
            double product = a[at] - aCenter;
            sum += product * (b[at] - bCenter);
        }
        return sum;
    }

    private static void add(float[] sums, float[] a) {
        for (int i = 0; i < WIDTH; i++) {
            sums[i] += a[i];
        }
    }

    private static void addProducts(float[] sums, float[] a, float aCenter, float[] b, float bCenter) {
        for (int i = 0; i < WIDTH; i++) {
            sums[i] += (a[i] - aCenter) * (b[i] - bCenter);
        }
    }

    private double take() {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        for (int i = 0; i < WIDTH; i += 4) {
            s0 += running[i];
            s1 += running[i + 1];
            s2 += running[i + 2];
            s3 += running[i + 3];
        }
        Arrays.fill(running, 0);
        return s0 + s1 + (s2 + s3);
    }
}
