package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class PaddingTest {
    private static final int EXAMPLES = 100;

    private final INDArray sequences = KindNetworks.random(1, EXAMPLES, 3, 5);

    @Test
    void takesExamplesEvenlyWhereThereIsNoPadding() {
        assertThat(Padding.sample(batch(null), 4)).containsExactly(0, 25, 50, 75);
        assertThat(Padding.sample(batch(null), EXAMPLES)).hasSize(EXAMPLES).doesNotHaveDuplicates();
    }

    @Test
    void takesThoseWithRepeatedSteps() {
        sequences
                .get(NDArrayIndex.point(37), NDArrayIndex.all(), NDArrayIndex.interval(2, 5))
                .assign(-99);

        assertThat(Padding.sample(batch(null), 4)).contains(37).hasSize(4);
    }

    @Test
    void takesThoseWithMaskedSteps() {
        INDArray mask = Nd4j.ones(DataType.DOUBLE, EXAMPLES, 5);
        mask.putScalar(61, 4, 0);
        mask.putScalar(13, 4, 0).putScalar(13, 3, 0);

        int[] rows = Padding.sample(batch(mask), 4);
        assertThat(rows).contains(13, 61).hasSize(4).isSorted();
        assertThat(Padding.sample(batch(mask), 3)).contains(13).hasSize(3);
    }

    /** Many with padding: each at most once, and others beside them. */
    @Test
    void takesOthersToo() {
        INDArray mask = Nd4j.ones(DataType.DOUBLE, EXAMPLES, 5);
        for (int i = 0; i < EXAMPLES; i += 2) {
            mask.putScalar(i, 4, 0);
        }
        int[] rows = Padding.sample(batch(mask), 60);

        assertThat(rows).hasSize(60).doesNotHaveDuplicates();
        assertThat(Arrays.stream(rows).filter(row -> row % 2 == 1).count()).isGreaterThan(10);
    }

    private Batch batch(@Nullable INDArray mask) {
        return Batch.of(new DataSet(sequences, KindNetworks.labels(EXAMPLES, 2), mask, null), DataType.DOUBLE);
    }
}
