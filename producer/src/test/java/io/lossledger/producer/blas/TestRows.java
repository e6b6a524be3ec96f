package io.lossledger.producer.blas;

import io.lossledger.producer.blas.kernel.Rows;

/** Rows of a table in memory. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TestRows(double[][] table) implements Rows {
    @Override
    public int width() {
        return table[0].length;
    }

    @Override
    public void read(int from, int count, float[] into) {
        for (int i = 0; i < count * width(); i++) {
            into[i] = (float) table[from + i / width()][i % width()];
        }
    }

    @Override
    public void read(int from, int count, double[] into) {
        for (int i = 0; i < count * width(); i++) {
            into[i] = table[from + i / width()][i % width()];
        }
    }
}
