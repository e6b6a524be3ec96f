package io.lossledger.producer.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlatVectorTest {
    private static final int LENGTH = 2_500;

    private final Random random = new Random(4);

    /** Subtraction in float and subtraction in double with one more rounding are the same; the exponents differ widely. */
    @Test
    void formsPointsAndChangesInDoubleAndRoundsThem() {
        float[] start = numbers();
        float[] end = numbers();
        float[] middle = new float[LENGTH];
        float[] change = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            middle[i] = (float) ((double) start[i] + 0.5 * ((double) end[i] - (double) start[i]));
            change[i] = (float) ((double) end[i] - (double) start[i]);
        }
        ElementType type = ElementType.ELEMENT_TYPE_FLOAT32;
        FlatVector from = FlatVector.of(start);
        FlatVector to = FlatVector.of(end);
        assertThat(FlatVector.between(type, from, to, 0.5).hasElementsOf(FlatVector.of(middle)))
                .isTrue();
        assertThat(FlatVector.change(type, from, to).hasElementsOf(FlatVector.of(change)))
                .isTrue();
        ElementType wide = ElementType.ELEMENT_TYPE_FLOAT64;
        assertThat(FlatVector.between(wide, from, to, 0.5).in(type).hasElementsOf(FlatVector.of(middle)))
                .isTrue();
        assertThat(FlatVector.change(wide, from, to).in(type).hasElementsOf(FlatVector.of(change)))
                .isTrue();
    }

    @Test
    void addsWeightedVectorsInTheirElementType() {
        float[] first = numbers();
        float[] second = numbers();
        double[] weights = {0.5, -3};
        FlatVector sum = FlatVector.sum(weights, List.of(FlatVector.of(first), FlatVector.of(second)));
        FlatVector wide = FlatVector.sum(weights, List.of(wide(first), wide(second)));
        assertThat(sum.elementType()).isEqualTo(ElementType.ELEMENT_TYPE_FLOAT32);
        for (int i = 0; i < LENGTH; i++) {
            double expected = 0.5 * first[i] - 3.0 * second[i];
            double size = Math.abs(first[i]) + Math.abs(3 * second[i]);
            assertThat(wide.get(i)).isCloseTo(expected, within(1e-15 * size));
            assertThat(sum.get(i)).isCloseTo(expected, within(2e-7 * size));
        }
        assertThatThrownBy(() -> FlatVector.sum(weights, List.of(FlatVector.of(first), wide(second))))
                .hasMessage("vectors: must have one element type. Found: ELEMENT_TYPE_FLOAT64");
    }

    @Test
    void multipliesInDouble() {
        float[] a = numbers();
        float[] b = numbers();
        float[] c = numbers();
        double product = 0;
        double change = 0;
        double size = 0;
        for (int i = 0; i < LENGTH; i++) {
            product += (double) a[i] * b[i];
            change += a[i] * ((double) c[i] - b[i]);
            size += Math.abs((double) a[i]) * (Math.abs((double) b[i]) + Math.abs((double) c[i]));
        }
        assertThat(FlatVector.of(a).dot(wide(b))).isCloseTo(product, within(1e-13 * size));
        assertThat(wide(a).dot(FlatVector.of(b))).isCloseTo(product, within(1e-13 * size));
        assertThat(FlatVector.of(a).dot(FlatVector.of(b), wide(c))).isCloseTo(change, within(1e-13 * size));
    }

    private float[] numbers() {
        float[] numbers = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            numbers[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(60) - 30));
        }
        return numbers;
    }

    private static FlatVector wide(float[] elements) {
        return FlatVector.of(FlatVector.of(elements).toDoubles());
    }
}
