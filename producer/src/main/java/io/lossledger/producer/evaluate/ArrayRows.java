package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.kernel.Rows;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The rows of an array of any rank, each with its elements in order. */
final class ArrayRows implements Rows {
    private final INDArray array;
    private final int width;

    /** @param array float32 or float64, one example a row */
    ArrayRows(INDArray array) {
        this.array = array.ordering() == 'c' && !array.isView() ? array : array.dup('c');
        this.width = Math.toIntExact(array.length() / array.size(0));
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void read(int from, int count, float[] into) {
        FloatPointer elements = new FloatPointer(array.data().pointer());
        elements.position((long) from * width).get(into, 0, count * width);
    }

    @Override
    public void read(int from, int count, double[] into) {
        DoublePointer elements = new DoublePointer(array.data().pointer());
        elements.position((long) from * width).get(into, 0, count * width);
    }
}
