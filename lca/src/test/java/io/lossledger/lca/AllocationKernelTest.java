package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AllocationKernelTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 7, 63, 1023})
    void scalesAndMultipliesEveryParameterAndNoneBeyondCount(int count) {
        Random random = new Random(count);
        double[] vector = random.doubles(count + 1, -1, 1).toArray();
        float[] floats = new float[count + 1];
        double[] base = random.doubles(count + 1, -1, 1).toArray();
        for (int i = 0; i <= count; i++) {
            floats[i] = (float) vector[i];
        }
        double[] fromDouble = base.clone();
        double[] fromFloat = base.clone();
        double[] productOfDouble = new double[count + 1];
        double[] productOfFloat = new double[count + 1];

        AllocationKernel.addScaled(vector, 0.3, fromDouble, count);
        AllocationKernel.addScaled(floats, 0.3, fromFloat, count);
        AllocationKernel.multiply(vector, base, productOfDouble, count);
        AllocationKernel.multiply(floats, base, productOfFloat, count);

        for (int i = 0; i < count; i++) {
            assertThat(fromDouble[i]).isEqualTo(base[i] + 0.3 * vector[i]);
            assertThat(fromFloat[i]).isEqualTo(base[i] + 0.3 * (double) floats[i]);
            assertThat(productOfDouble[i]).isEqualTo(vector[i] * base[i]);
            assertThat(productOfFloat[i]).isEqualTo((double) floats[i] * base[i]);
        }
        assertThat(fromDouble[count]).isEqualTo(base[count]);
        assertThat(fromFloat[count]).isEqualTo(base[count]);
        assertThat(productOfDouble[count]).isZero();
        assertThat(productOfFloat[count]).isZero();
    }

    @Test
    void multipliesInPlace() {
        double[] average = {2.0, -3.0};
        AllocationKernel.multiply(new float[] {0.5f, 4.0f}, average, average, 2);
        assertThat(average).containsExactly(1.0, -12.0);
    }

    @Test
    void refusesArraysThatAreTooShort() {
        double[] two = new double[2];
        double[] three = new double[3];
        assertRefused(
                () -> AllocationKernel.addScaled(new float[2], 1.0, three, 3),
                "gradient.length: must be at least 3. Found: 2");
        assertRefused(
                () -> AllocationKernel.addScaled(three, 1.0, two, 3), "average.length: must be at least 3. Found: 2");
        assertRefused(
                () -> AllocationKernel.multiply(new float[2], three, three, 3),
                "delta.length: must be at least 3. Found: 2");
        assertRefused(
                () -> AllocationKernel.multiply(three, two, three, 3), "average.length: must be at least 3. Found: 2");
        assertRefused(
                () -> AllocationKernel.multiply(three, three, two, 3),
                "allocated.length: must be at least 3. Found: 2");
        assertRefused(
                () -> AllocationKernel.multiply(new float[3], three, two, 3),
                "allocated.length: must be at least 3. Found: 2");
        assertRefused(
                () -> AllocationKernel.addScaled(three, 1.0, three, -1), "count: must not be negative. Found: -1");
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
