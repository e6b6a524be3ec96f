package io.lossledger.producer.blas.kernel;

/** A table of numbers, one example a row, as it is read once. Used by one thread. */
public interface Rows {
    /** Numbers of a row. */
    int width();

    /** Copies rows, one after the other, to the beginning of an array. */
    void read(int from, int count, float[] into);

    /** The same in double. */
    void read(int from, int count, double[] into);
}
