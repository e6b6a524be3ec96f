package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** 100 examples in classes of 60, 30 and 10. */
class StratifiedSourceTest {
    @Test
    void drawsMasksWithTheirExamples() {
        int examples = 20;
        INDArray numbers = Nd4j.linspace(0, examples - 1, examples).castTo(DataType.FLOAT);
        DataSet data = new DataSet(
                numbers.reshape(examples, 1, 1),
                numbers.reshape(examples, 1, 1),
                numbers.reshape(examples, 1),
                numbers.reshape(examples, 1).add(0.5));
        for (DataSet half : SampleSource.of(data, 8, 1).draw()) {
            assertThat(half.getFeaturesMaskArray().ravel())
                    .isEqualTo(half.getFeatures().ravel());
            assertThat(half.getLabelsMaskArray().ravel())
                    .isEqualTo(half.getLabels().ravel().add(0.5));
        }
    }

    private static final int[] LABELS = new int[100];

    static {
        Arrays.fill(LABELS, 60, 90, 1);
        Arrays.fill(LABELS, 90, 100, 2);
    }

    @Test
    void drawsEachClassWithItsShare() {
        StratifiedSource source = source(20, 1);
        for (int draw = 0; draw < 50; draw++) {
            int[] counts = new int[3];
            int[] drawn = source.drawIndices();
            for (int index : drawn) {
                counts[LABELS[index]]++;
            }
            assertThat(counts).containsExactly(12, 6, 2);
            assertThat(Arrays.stream(drawn).distinct().count()).isEqualTo(20);
        }
    }

    /** 7 does not divide 100 nor the classes: the draw must be fair all the same. */
    @Test
    void drawsEveryExampleWithTheSameProbability() {
        StratifiedSource source = source(14, 2);
        int draws = 40_000;
        int[] times = new int[LABELS.length];
        for (int draw = 0; draw < draws; draw++) {
            for (int index : source.drawIndices()) {
                times[index]++;
            }
        }
        // Five standard deviations of a share of 0.14.
        double tolerance = 5 * Math.sqrt(0.14 * 0.86 / draws);
        for (int index = 0; index < times.length; index++) {
            assertThat((double) times[index] / draws).as("example %d", index).isCloseTo(0.14, within(tolerance));
        }
    }

    @Test
    void alternatesBetweenTheHalves() {
        List<DataSet> halves = source(20, 3).draw();

        assertThat(halves).extracting(DataSet::numExamples).containsExactly(10, 10);
        int[] classes = new int[3];
        for (int i = 0; i < 10; i++) {
            classes[LABELS[halves.get(0).getFeatures().getInt(i, 0)]]++;
        }
        assertThat(classes).containsExactly(6, 3, 1);
        assertThat(halves.get(0).getFeatures().toIntVector())
                .doesNotContain(halves.get(1).getFeatures().toIntVector());
    }

    /** The oracle is a loop over many samples: their spread is what the halves of one sample say, on average. */
    @Test
    void estimatesTheErrorOfTheMeanFromItsHalves() {
        SplittableRandom random = new SplittableRandom(4);
        double[] values = new double[LABELS.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = 10 * LABELS[i] + random.nextDouble();
        }
        double truth = Arrays.stream(values).average().orElseThrow();
        StratifiedSource source = source(20, 5);
        double errors = 0;
        double bias = 0;
        double said = 0;
        int draws = 20_000;
        for (int draw = 0; draw < draws; draw++) {
            double first = 0;
            double second = 0;
            int[] drawn = source.drawIndices();
            for (int i = 0; i < drawn.length; i += 2) {
                first += values[drawn[i]] / 10;
                second += values[drawn[i + 1]] / 10;
            }
            double error = (first + second) / 2 - truth;
            bias += error / draws;
            errors += error * error / draws;
            said += Math.pow((first - second) / 2, 2) * (1 - 0.2) / draws;
        }
        assertThat(bias).isCloseTo(0, within(5 * Math.sqrt(errors / draws)));
        assertThat(said / errors).isCloseTo(1, within(0.05));
    }

    /** Whatever the rank: an image or a sequence goes with its label. */
    @Test
    void keepsFeaturesAndLabelsTogether() {
        INDArray sequences = Nd4j.arange(10 * 3 * 2).castTo(DataType.FLOAT).reshape(10, 3, 2);
        INDArray labels = Nd4j.arange(10).castTo(DataType.FLOAT).reshape(10, 1);
        for (DataSet half :
                SampleSource.of(new DataSet(sequences, labels), 10, 1).draw()) {
            assertThat(half.getFeatures().shape()).containsExactly(5, 3, 2);
            for (int i = 0; i < 5; i++) {
                assertThat(half.getFeatures().getInt(i, 0, 0))
                        .isEqualTo(6 * half.getLabels().getInt(i, 0));
            }
        }
    }

    /** A permuted array has the memory, and the order 'c', of another one. */
    @Test
    void readsInPlaceOnlyWhatIsInRowOrder() {
        INDArray images = Nd4j.arange(10 * 3 * 2 * 4).castTo(DataType.FLOAT).reshape(10, 3, 2, 4);
        INDArray labels = Nd4j.arange(10).castTo(DataType.FLOAT).reshape(10, 1);
        INDArray permuted = images.permute(0, 3, 1, 2);

        Examples examples = DataSetExamples.of(new DataSet(images, labels)).orElseThrow();
        float[] features = new float[25];
        examples.readFeatures(2, features, 1);
        assertThat(features).startsWith(0, 48, 49).endsWith(70, 71);
        assertThat(DataSetExamples.of(new DataSet(permuted, labels))).isEmpty();
        INDArray later = Nd4j.vstack(images, images).get(NDArrayIndex.interval(10, 20));
        assertThat(DataSetExamples.of(new DataSet(later, labels))).isEmpty();
        assertThat(DataSetExamples.of(new DataSet(permuted.dup('c'), labels))).isPresent();
        assertThat(DataSetExamples.of(new DataSet(images.castTo(DataType.DOUBLE), labels)))
                .isEmpty();
    }

    @Test
    void takesShuffledMinibatchesInHalves() {
        DataSet data = rows(IntStream.range(0, 25).toArray());
        SampleSource source = SampleSource.of(new ListDataSetIterator<>(data.asList(), 10), 25);

        for (int draw = 0; draw < 7; draw++) {
            List<DataSet> halves = source.draw();
            assertThat(halves).extracting(DataSet::numExamples).containsExactly(5, 5);
            assertThat(halves.get(0).getFeatures().toIntVector())
                    .doesNotContain(halves.get(1).getFeatures().toIntVector());
        }
        assertThat(source.sampleExamples()).isEqualTo(10);
    }

    @Test
    void namesASizeThatCannotBeHalvedOrDrawn() {
        assertThatThrownBy(() -> source(7, 1))
                .hasMessage("sample-size: must be an even number from 2 to 100, the examples in the set. Found: 7");
        assertThatThrownBy(() -> source(102, 1))
                .hasMessage("sample-size: must be an even number from 2 to 100, the examples in the set. Found: 102");
    }

    private static StratifiedSource source(int size, long seed) {
        return new StratifiedSource(
                LABELS, StratifiedSourceTest::rows, Optional.empty(), size, new SplittableRandom(seed));
    }

    /** Each example's feature is its index. */
    private static DataSet rows(int[] indices) {
        double[] features = Arrays.stream(indices).asDoubleStream().toArray();
        return new DataSet(
                Nd4j.createFromArray(features).reshape(indices.length, 1),
                Nd4j.createFromArray(features).reshape(indices.length, 1));
    }
}
