package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.kernel.Rows;

/** The features or labels of some of the examples in memory, in the order of their indices. */
final class IndexedRows implements Rows {
    /** Copies a row to an array. */
    interface Reader {
        void read(int index, float[] into, int at);
    }

    private final int[] indices;
    private final int width;
    private final Reader reader;

    IndexedRows(int[] indices, int width, Reader reader) {
        this.indices = indices;
        this.width = width;
        this.reader = reader;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void read(int from, int count, float[] into) {
        for (int row = 0; row < count; row++) {
            reader.read(indices[from + row], into, row * width);
        }
    }

    @Override
    public void read(int from, int count, double[] into) {
        float[] single = new float[count * width];
        read(from, count, single);
        for (int i = 0; i < single.length; i++) {
            into[i] = single[i];
        }
    }
}
