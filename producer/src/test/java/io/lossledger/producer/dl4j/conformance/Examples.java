package io.lossledger.producer.dl4j.conformance;

import java.util.Random;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Makes data for a network, in float32 and always the same. */
interface Examples {
    int CLASSES = 3;
    int STEPS = 4;

    MultiDataSet make(int count, long seed);

    /** Makes one array of features or labels. */
    interface Values {
        INDArray make(int count, long seed);
    }

    static Examples of(Values features, Values labels) {
        return (count, seed) -> new MultiDataSet(features.make(count, seed), labels.make(count, seed + 1));
    }

    static Examples of(Values[] features, Values[] labels) {
        return (count, seed) ->
                new MultiDataSet(make(features, count, seed), make(labels, count, seed + features.length));
    }

    /** The same with masks over the steps of sequences: each example is shorter than the one before, one step at least. */
    default Examples masked(boolean features, boolean labels) {
        return (count, seed) -> {
            MultiDataSet data = make(count, seed);
            INDArray mask = Nd4j.ones(DataType.FLOAT, count, STEPS);
            for (int i = 0; i < count; i++) {
                for (int step = STEPS - i % STEPS; step < STEPS; step++) {
                    mask.putScalar(i, step, 0);
                }
            }
            data.setFeaturesMaskArrays(features ? new INDArray[] {mask} : null);
            data.setLabelsMaskArray(labels ? new INDArray[] {mask} : null);
            return data;
        };
    }

    /** Normal numbers in the shape of an input, and a class for each example. */
    static Examples classified(InputType input) {
        return of(normal(input), classes());
    }

    static Values normal(InputType input) {
        long[] shape = input.getShape(true);
        return (count, seed) -> {
            long[] batch = shape.clone();
            batch[0] = count;
            return random(seed, true, batch);
        };
    }

    /** Normal numbers, the number of examples first. */
    static Values normal(long... example) {
        return (count, seed) -> random(seed, true, batch(count, example));
    }

    /** Numbers between 0.1 and 0.9. */
    static Values fractions(long... example) {
        return (count, seed) ->
                random(seed, false, batch(count, example)).muli(0.8).addi(0.1);
    }

    static Values classes() {
        return oneHot(CLASSES);
    }

    /** One class among those of each example, along the second dimension. */
    static Values oneHot(long... example) {
        return (count, seed) -> {
            INDArray labels = Nd4j.zeros(DataType.FLOAT, batch(count, example));
            INDArray rows = labels.tensorAlongDimension(0, 1);
            Random random = new Random(seed);
            for (int i = 0; i < labels.tensorsAlongDimension(1); i++) {
                labels.tensorAlongDimension(i, 1).putScalar(random.nextInt((int) rows.length()), 1);
            }
            return labels;
        };
    }

    /** Whole numbers from 0 to {@code limit}, exclusive. */
    static Values indices(int limit, long... example) {
        return (count, seed) -> {
            INDArray words = Nd4j.create(DataType.FLOAT, batch(count, example));
            Random random = new Random(seed);
            for (long i = 0; i < words.length(); i++) {
                words.putScalar(i, random.nextInt(limit));
            }
            return words;
        };
    }

    private static INDArray[] make(Values[] values, int count, long seed) {
        INDArray[] arrays = new INDArray[values.length];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = values[i].make(count, seed + i);
        }
        return arrays;
    }

    private static long[] batch(int count, long... example) {
        long[] shape = new long[example.length + 1];
        shape[0] = count;
        System.arraycopy(example, 0, shape, 1, example.length);
        return shape;
    }

    private static INDArray random(long seed, boolean normal, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(DataType.FLOAT, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, normal ? random.nextGaussian() : random.nextDouble());
        }
        return array;
    }
}
