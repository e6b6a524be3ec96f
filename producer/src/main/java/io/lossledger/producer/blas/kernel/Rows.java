package io.lossledger.producer.blas.kernel;

/** A table of numbers with one example per row, which is read once. Used by one thread. */
public interface Rows {
    /** The length of a row. */
    int width();

    /** Copies consecutive rows to the beginning of an array. */
    void read(int from, int count, float[] into);

    /** The same in double. */
    void read(int from, int count, double[] into);
}
