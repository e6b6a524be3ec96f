package io.lossledger.producer.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds sequences with padding: errors of some of DL4J's layers show only there. Padding is a step that a mask
 * excludes, or one that repeats the features of the previous step. Stateless.
 */
final class Padding {
    /** The number of examples to inspect, evenly spaced: enough to find relevant padding. */
    private static final int CANDIDATES = 1_000;

    private Padding() {}

    /**
     * The rows of {@code count} examples in order: half of them those with the most padding, if there is any; the
     * others evenly spaced.
     */
    static int[] sample(Batch batch, int count) {
        Set<Integer> rows = new LinkedHashSet<>();
        boolean isSequence = batch.hasMasks() || Arrays.stream(batch.features()).anyMatch(array -> array.rank() == 3);
        if (isSequence && count < batch.examples()) {
            int candidates = Math.min(CANDIDATES, batch.examples());
            int[] row = new int[candidates];
            long[] padding = new long[candidates];
            for (int i = 0; i < candidates; i++) {
                row[i] = Math.toIntExact((long) i * batch.examples() / candidates);
                padding[i] = padding(batch, row[i]);
            }
            IntStream.range(0, candidates)
                    .filter(i -> padding[i] > 0)
                    .boxed()
                    .sorted(Comparator.comparingLong(i -> -padding[i]))
                    .limit(count / 2)
                    .forEach(i -> rows.add(row[i]));
        }
        for (int i = 0; rows.size() < count; i++) {
            // The second round takes the rows next to those already taken.
            rows.add((Math.toIntExact((long) i % count * batch.examples() / count) + i / count) % batch.examples());
        }
        return rows.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private static long padding(Batch batch, int row) {
        long padding = 0;
        for (INDArray mask : batch.featuresMasks()) {
            padding += zeros(mask, row);
        }
        for (INDArray mask : batch.labelsMasks()) {
            padding += zeros(mask, row);
        }
        for (INDArray array : batch.features()) {
            padding += array.rank() == 3 ? repeated(array.slice(row)) : 0;
        }
        return padding;
    }

    private static long zeros(@Nullable INDArray mask, int row) {
        if (mask == null) {
            return 0;
        }
        return Arrays.stream(mask.slice(row).dup().data().asDouble())
                .filter(value -> value == 0)
                .count();
    }

    /**
     * The number of steps that repeat the features of the previous step. A sequence that is wider than long may have
     * its dimensions swapped.
     */
    private static long repeated(INDArray sequence) {
        double[][] channelsFirst = sequence.toDoubleMatrix();
        long steps = 0;
        for (int step = 1; step < channelsFirst[0].length; step++) {
            boolean same = true;
            for (double[] channel : channelsFirst) {
                same &= channel[step] == channel[step - 1];
            }
            steps += same ? 1 : 0;
        }
        for (int step = 1; step < channelsFirst.length; step++) {
            steps += Arrays.equals(channelsFirst[step], channelsFirst[step - 1]) ? 1 : 0;
        }
        return steps;
    }
}
