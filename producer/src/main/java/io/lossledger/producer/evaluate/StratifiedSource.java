package io.lossledger.producer.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Systematic sampling from examples that are sorted by class and shuffled within each class: a random start, then every
 * (set / sample)-th example. Each example has the same probability, and each class its share of the whole set. The
 * drawn examples go alternately to the two halves. Not thread-safe.
 *
 * <p>Source: W. G. Cochran, "Sampling Techniques", 3rd edition, sections 5A and 8.
 */
final class StratifiedSource implements SampleSource {
    private final Function<int[], DataSet> rows;
    private final Optional<Examples> inPlace;
    private final int size;
    private final SplittableRandom random;
    /** The indices of the examples, sorted by class. */
    private final int[] byClass;
    /** Where each class begins in {@code byClass}, and the end. */
    private final int[] starts;

    /** @param inPlace the same examples as {@code rows}, if they can be read in place */
    StratifiedSource(
            int[] labels,
            Function<int[], DataSet> rows,
            Optional<Examples> inPlace,
            int size,
            SplittableRandom random) {
        if (size < 2 || size % 2 != 0 || size > labels.length) {
            throw new IllegalArgumentException("sample-size: must be an even number from 2 to " + labels.length
                    + ", the examples in the set. Found: " + size);
        }
        this.rows = rows;
        this.inPlace = inPlace;
        this.size = size;
        this.random = random;
        int classes = Arrays.stream(labels).max().orElseThrow() + 1;
        this.starts = new int[classes + 1];
        for (int label : labels) {
            starts[label + 1]++;
        }
        for (int label = 0; label < classes; label++) {
            starts[label + 1] += starts[label];
        }
        this.byClass = new int[labels.length];
        int[] next = starts.clone();
        for (int index = 0; index < labels.length; index++) {
            byClass[next[labels[index]]++] = index;
        }
    }

    @Override
    public int examples() {
        return byClass.length;
    }

    @Override
    public int sampleExamples() {
        return size;
    }

    @Override
    public List<DataSet> draw() {
        return drawHalves().stream().map(rows).toList();
    }

    /** The examples with these indices. */
    DataSet rows(int[] indices) {
        return rows.apply(indices);
    }

    /** The examples themselves, if they can be read in place. */
    Optional<Examples> inPlace() {
        return inPlace;
    }

    /** The indices of the examples in the two halves of a sample. */
    List<int[]> drawHalves() {
        int[] drawn = drawIndices();
        int[] first = new int[size / 2];
        int[] second = new int[size / 2];
        int side = random.nextInt(2);
        for (int i = 0; i < size; i++) {
            (i % 2 == side ? first : second)[i / 2] = drawn[i];
        }
        return List.of(first, second);
    }

    @Override
    public Iterator<DataSet> all() {
        return pieces().map(rows).iterator();
    }

    /** The indices of the whole set, in pieces of the size of a half. Samples may be drawn while the pieces are taken. */
    Stream<int[]> pieces() {
        int half = size / 2;
        int all = byClass.length;
        return IntStream.iterate(0, from -> from < all, from -> from + half)
                .mapToObj(from ->
                        IntStream.range(from, Math.min(all, from + half)).toArray());
    }

    /** The sample in class order. */
    int[] drawIndices() {
        double stride = (double) byClass.length / size;
        double at = random.nextDouble() * stride;
        int[] drawn = new int[size];
        int label = 0;
        int drawnOfClass = 0;
        for (int i = 0; i < size; i++) {
            int position = Math.min(byClass.length - 1, (int) (at + i * stride));
            while (position >= starts[label + 1]) {
                label++;
                drawnOfClass = 0;
            }
            // The position determines the class; the choice within the class is random.
            int place = starts[label] + drawnOfClass;
            int other = place + random.nextInt(starts[label + 1] - place);
            drawn[i] = byClass[other];
            byClass[other] = byClass[place];
            byClass[place] = drawn[i];
            drawnOfClass++;
        }
        return drawn;
    }
}
