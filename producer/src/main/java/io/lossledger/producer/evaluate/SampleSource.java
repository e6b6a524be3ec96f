package io.lossledger.producer.evaluate;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The source of samples for a sampled objective. Samples must be independent of each other and of the training's
 * minibatches. Used by one thread.
 */
public interface SampleSource {
    /** The number of examples in the whole set; 0 when unknown. */
    int examples();

    /** The number of examples in a sample: twice that of a half. */
    int sampleExamples();

    /** Draws a sample: two halves of equal size, drawn in the same way. */
    List<DataSet> draw();

    /**
     * The whole set in pieces of the size of a half, created one by one; empty if it is not available. Samples are drawn between the
     * pieces, and must not disturb them: each example comes once. A set that does not keep this is used without its mean.
     */
    default Iterator<DataSet> all() {
        return Collections.emptyIterator();
    }

    /**
     * Draws from a data set in memory, stratified by class: each class has its share of the whole set, which removes
     * the part of the error that comes from classes.
     *
     * @param rows creates the data set for given indices
     * @param labels class of each example; all equal when there are no classes
     * @param size examples in a sample, even, at least 2 and at most the size of the set
     * @throws IllegalArgumentException when {@code size} is not such a number
     */
    static SampleSource stratified(int[] labels, Function<int[], DataSet> rows, int size, long seed) {
        return new StratifiedSource(labels, rows, Optional.empty(), size, new SplittableRandom(seed));
    }

    /**
     * The same, faster where the examples can be read in place.
     *
     * @param rows creates the data set for given indices
     * @param inPlace the same examples
     */
    static SampleSource stratified(int[] labels, Function<int[], DataSet> rows, Examples inPlace, int size, long seed) {
        return new StratifiedSource(labels, rows, Optional.of(inPlace), size, new SplittableRandom(seed));
    }

    /**
     * Draws from a data set in memory, mask arrays included; one-hot label rows serve as classes.
     *
     * @param size examples in a sample, even, at least 2 and at most the size of the set
     * @throws IllegalArgumentException when {@code size} is not such a number
     */
    static SampleSource of(DataSet data, int size, long seed) {
        INDArray labels = data.getLabels();
        int[] classes = labels.rank() == 2 ? labels.argMax(1).toIntVector() : new int[data.numExamples()];
        return new StratifiedSource(
                classes,
                rows -> new DataSet(
                        rows(data.getFeatures(), rows),
                        rows(data.getLabels(), rows),
                        rowsOrNone(data.getFeaturesMaskArray(), rows),
                        rowsOrNone(data.getLabelsMaskArray(), rows)),
                DataSetExamples.of(data),
                size,
                new SplittableRandom(seed));
    }

    /**
     * Uses the minibatches of an iterator, which must shuffle and must not be the one that the training uses. It is
     * reset when it is exhausted. Each minibatch must have the same, even number of examples.
     *
     * @param examples examples in the whole set; 0 when unknown
     */
    static SampleSource of(DataSetIterator iterator, int examples) {
        return new IteratorSource(iterator, examples);
    }

    private static @Nullable INDArray rowsOrNone(@Nullable INDArray mask, int[] indices) {
        return mask == null ? null : rows(mask, indices);
    }

    private static INDArray rows(INDArray array, int[] indices) {
        if (array.rank() == 2) {
            return Nd4j.pullRows(array, 1, indices);
        }
        long[] shape = array.shape().clone();
        shape[0] = indices.length;
        INDArray rows = Nd4j.createUninitialized(array.dataType(), shape);
        for (int i = 0; i < indices.length; i++) {
            rows.slice(i).assign(array.slice(indices[i]));
        }
        return rows;
    }
}
