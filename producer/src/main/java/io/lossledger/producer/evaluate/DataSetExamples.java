package io.lossledger.producer.evaluate;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** The examples of a data set whose arrays can be read in place. */
final class DataSetExamples implements Examples {
    private final INDArray features;
    private final INDArray labels;

    private DataSetExamples(INDArray features, INDArray labels) {
        this.features = features;
        this.labels = labels;
    }

    /** Empty when there are mask arrays, or an array is not in single precision, or its memory is not in row order. */
    static Optional<Examples> of(DataSet data) {
        boolean masks = data.getFeaturesMaskArray() != null || data.getLabelsMaskArray() != null;
        return masks || !isPlain(data.getFeatures()) || !isPlain(data.getLabels())
                ? Optional.empty()
                : Optional.of(new DataSetExamples(data.getFeatures(), data.getLabels()));
    }

    private static boolean isPlain(INDArray array) {
        // A permuted array says 'c', too.
        return array.dataType() == DataType.FLOAT
                && array.offset() == 0
                && Arrays.equals(array.stride(), Nd4j.getStrides(array.shape(), 'c'));
    }

    @Override
    public int featureCount() {
        return width(features);
    }

    @Override
    public int labelCount() {
        return width(labels);
    }

    @Override
    public void readFeatures(int index, float[] into, int at) {
        read(features, index, into, at);
    }

    @Override
    public void readLabels(int index, float[] into, int at) {
        read(labels, index, into, at);
    }

    private static void read(INDArray array, int index, float[] into, int at) {
        int width = width(array);
        new FloatPointer(array.data().pointer()).position((long) index * width).get(into, at, width);
    }

    private static int width(INDArray array) {
        return Math.toIntExact(array.length() / array.size(0));
    }
}
