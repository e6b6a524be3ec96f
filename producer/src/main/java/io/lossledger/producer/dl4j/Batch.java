package io.lossledger.producer.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Examples that are evaluated together, in the precision of the evaluation.
 *
 * @param features one array for each input of the network, one example a row
 * @param labels one array for each output
 * @param examples number of rows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Batch(INDArray[] features, INDArray[] labels, int examples) {

    /** Copies the data. */
    static Batch of(DataSet data, DataType precision) {
        return of(new INDArray[] {data.getFeatures()}, new INDArray[] {data.getLabels()}, precision);
    }

    /** Copies the data. */
    static Batch of(MultiDataSet data, DataType precision) {
        return of(data.getFeatures(), data.getLabels(), precision);
    }

    /** Cuts the batch into batches of {@code size} examples; the last one may be smaller. */
    List<Batch> cut(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("chunkExamples: must be at least 1. Found: " + size);
        }
        List<Batch> parts = new ArrayList<>();
        for (int from = 0; from < examples; from += size) {
            int to = Math.min(examples, from + size);
            parts.add(new Batch(rows(features, from, to), rows(labels, from, to), to - from));
        }
        return parts;
    }

    /** At most so many of the examples, taken evenly; copied. */
    Batch sample(int most) {
        int count = Math.min(most, examples);
        return new Batch(spread(features, examples, count), spread(labels, examples, count), count);
    }

    /** The same in another precision. */
    Batch in(DataType precision) {
        return new Batch(cast(features, precision), cast(labels, precision), examples);
    }

    /** Shape of one example's features for the first input. */
    long[] exampleShape() {
        return Arrays.copyOfRange(features[0].shape(), 1, features[0].rank());
    }

    private static Batch of(INDArray[] features, INDArray[] labels, DataType precision) {
        long examples = features[0].size(0);
        for (INDArray array : features) {
            requireRows(array, "features", examples);
        }
        for (INDArray array : labels) {
            // A network may fold time steps into rows; its score is then the mean over those.
            requireRows(array, "labels", examples);
        }
        return new Batch(cast(features, precision), cast(labels, precision), Math.toIntExact(examples));
    }

    private static void requireRows(INDArray array, String kind, long examples) {
        if (array.size(0) != examples) {
            throw new IllegalArgumentException(
                    kind + ": must have one row an example, " + examples + ". Found: " + array.size(0));
        }
    }

    private static INDArray[] cast(INDArray[] arrays, DataType precision) {
        INDArray[] copies = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            copies[i] = arrays[i].castTo(precision).dup('c');
        }
        return copies;
    }

    private static INDArray[] rows(INDArray[] arrays, int from, int to) {
        INDArray[] parts = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            INDArrayIndex[] range = new INDArrayIndex[arrays[i].rank()];
            Arrays.fill(range, NDArrayIndex.all());
            range[0] = NDArrayIndex.interval(from, to);
            // A copy, so that every batch lies in row order whatever it was cut from.
            parts[i] = arrays[i].get(range).dup('c');
        }
        return parts;
    }

    private static INDArray[] spread(INDArray[] arrays, int examples, int count) {
        INDArray[] parts = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            long[] shape = arrays[i].shape().clone();
            shape[0] = count;
            parts[i] = Nd4j.createUninitialized(arrays[i].dataType(), shape, 'c');
            for (int row = 0; row < count; row++) {
                parts[i].slice(row).assign(arrays[i].slice((long) row * examples / count));
            }
        }
        return parts;
    }
}
