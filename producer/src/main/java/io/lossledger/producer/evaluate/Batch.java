package io.lossledger.producer.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
 * @param features one array for each input of the network, with one example per row
 * @param labels one array for each output
 * @param featuresMasks one for each input; null for an input without a mask
 * @param labelsMasks one for each output; null for an output without a mask
 * @param examples number of rows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Batch(
        INDArray[] features,
        INDArray[] labels,
        @Nullable INDArray[] featuresMasks,
        @Nullable INDArray[] labelsMasks,
        int examples) {

    /** Copies the data. */
    static Batch of(DataSet data, DataType precision) {
        return of(
                new INDArray[] {data.getFeatures()},
                new INDArray[] {data.getLabels()},
                new @Nullable INDArray[] {data.getFeaturesMaskArray()},
                new @Nullable INDArray[] {data.getLabelsMaskArray()},
                precision);
    }

    /** Copies the data. */
    static Batch of(MultiDataSet data, DataType precision) {
        return of(
                data.getFeatures(),
                data.getLabels(),
                orNone(data.getFeaturesMaskArrays(), data.getFeatures().length),
                orNone(data.getLabelsMaskArrays(), data.getLabels().length),
                precision);
    }

    boolean hasMasks() {
        return Stream.concat(Arrays.stream(featuresMasks), Arrays.stream(labelsMasks))
                .anyMatch(Objects::nonNull);
    }

    /** Cuts the batch into batches of {@code size} examples; the last one may be smaller. */
    List<Batch> cut(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("chunkExamples: must be at least 1. Found: " + size);
        }
        List<Batch> parts = new ArrayList<>();
        for (int from = 0; from < examples; from += size) {
            int start = from;
            int end = Math.min(examples, from + size);
            parts.add(map(array -> rows(array, start, end), end - start));
        }
        return parts;
    }

    /** Copies at most this many examples: half of them those with the most padding, the others evenly spaced. */
    Batch sample(int most) {
        int[] rows = Padding.sample(this, Math.min(most, examples));
        return map(array -> rows(array, rows), rows.length);
    }

    /** The same data in another precision. */
    Batch in(DataType precision) {
        return map(array -> cast(array, precision), examples);
    }

    /** The shape of one example's features for the first input. */
    long[] exampleShape() {
        return Arrays.copyOfRange(features[0].shape(), 1, features[0].rank());
    }

    /** The shapes, for an error message. */
    @Override
    public String toString() {
        return "features of shape " + shapes(features) + " and labels of shape " + shapes(labels);
    }

    private static String shapes(INDArray[] arrays) {
        return Arrays.stream(arrays)
                .map(array -> Arrays.toString(array.shape()))
                .collect(Collectors.joining(" and "));
    }

    private Batch map(UnaryOperator<INDArray> change, int count) {
        return new Batch(
                changed(features, change),
                changed(labels, change),
                changedOrNone(featuresMasks, change),
                changedOrNone(labelsMasks, change),
                count);
    }

    private static Batch of(
            INDArray[] features,
            INDArray[] labels,
            @Nullable INDArray[] featuresMasks,
            @Nullable INDArray[] labelsMasks,
            DataType precision) {
        long examples = features[0].size(0);
        for (INDArray array : features) {
            requireRows(array, "features", examples);
        }
        for (INDArray array : labels) {
            // A network may fold time steps into rows; its score is then the mean over those.
            requireRows(array, "labels", examples);
        }
        for (INDArray array : featuresMasks) {
            requireRows(array, "features mask", examples);
        }
        for (INDArray array : labelsMasks) {
            requireRows(array, "labels mask", examples);
        }
        return new Batch(features, labels, featuresMasks, labelsMasks, Math.toIntExact(examples)).in(precision);
    }

    private static void requireRows(@Nullable INDArray array, String kind, long examples) {
        if (array != null && array.size(0) != examples) {
            throw new IllegalArgumentException(
                    kind + ": must have one row for each example, " + examples + ". Found: " + array.size(0));
        }
    }

    private static @Nullable INDArray[] orNone(@Nullable INDArray @Nullable [] masks, int count) {
        return masks == null ? new @Nullable INDArray[count] : masks;
    }

    private static INDArray[] changed(INDArray[] arrays, UnaryOperator<INDArray> change) {
        return Arrays.stream(arrays).map(change).toArray(INDArray[]::new);
    }

    private static @Nullable INDArray[] changedOrNone(@Nullable INDArray[] arrays, UnaryOperator<INDArray> change) {
        @Nullable INDArray[] changed = new @Nullable INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            INDArray array = arrays[i];
            changed[i] = array == null ? null : change.apply(array);
        }
        return changed;
    }

    private static INDArray cast(INDArray array, DataType precision) {
        return array.castTo(precision).dup('c');
    }

    private static INDArray rows(INDArray array, int from, int to) {
        INDArrayIndex[] range = new INDArrayIndex[array.rank()];
        Arrays.fill(range, NDArrayIndex.all());
        range[0] = NDArrayIndex.interval(from, to);
        // A copy, so that every batch is in row order, whatever it was cut from.
        return array.get(range).dup('c');
    }

    private static INDArray rows(INDArray array, int[] rows) {
        long[] shape = array.shape().clone();
        shape[0] = rows.length;
        INDArray part = Nd4j.createUninitialized(array.dataType(), shape, 'c');
        for (int i = 0; i < rows.length; i++) {
            part.slice(i).assign(array.slice(rows[i]));
        }
        return part;
    }
}
