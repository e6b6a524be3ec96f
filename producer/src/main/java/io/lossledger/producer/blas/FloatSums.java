package io.lossledger.producer.blas;

/** Sums over parts of arrays, in double and with several running sums, which need not wait for each other. Stateless. */
final class FloatSums {
    private FloatSums() {}

    static double of(float[] a, int from, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int end = from + count;
        int i = from;
        for (; i + 3 < end; i += 4) {
            s0 += a[i];
            s1 += a[i + 1];
            s2 += a[i + 2];
            s3 += a[i + 3];
        }
        for (; i < end; i++) {
            s0 += a[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** Σ (a − center)². */
    static double ofSquares(float[] a, int from, int count, double center) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int end = from + count;
        int i = from;
        for (; i + 3 < end; i += 4) {
            s0 += (a[i] - center) * (a[i] - center);
            s1 += (a[i + 1] - center) * (a[i + 1] - center);
            s2 += (a[i + 2] - center) * (a[i + 2] - center);
            s3 += (a[i + 3] - center) * (a[i + 3] - center);
        }
        for (; i < end; i++) {
            s0 += (a[i] - center) * (a[i] - center);
        }
        return s0 + s1 + (s2 + s3);
    }

    /** Σ a · (b − center). */
    static double ofProducts(float[] a, float[] b, int from, int count, double center) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int end = from + count;
        int i = from;
        for (; i + 3 < end; i += 4) {
            s0 += a[i] * (b[i] - center);
            s1 += a[i + 1] * (b[i + 1] - center);
            s2 += a[i + 2] * (b[i + 2] - center);
            s3 += a[i + 3] * (b[i + 3] - center);
        }
        for (; i < end; i++) {
            s0 += a[i] * (b[i] - center);
        }
        return s0 + s1 + (s2 + s3);
    }
}
