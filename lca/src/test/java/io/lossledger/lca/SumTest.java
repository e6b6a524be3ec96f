package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SumTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 127, 128, 129, 255, 256, 257, 511, 513, 1023, 4097})
    void agreesWithExactArithmetic(int count) {
        Random random = new Random(count);
        double[] allocated = values(random, count);
        double[] coarse = values(random, count);
        ExactOracle.assertSums(AllocationKernel.sum(allocated, count), allocated, new double[0]);
        ExactOracle.assertSums(AllocationKernel.sum(allocated, coarse, count), allocated, coarse);
    }

    @Test
    void ignoresElementsBeyondCount() {
        double[] allocated = {-1.0, 2.0, Double.NaN, 8.0};
        double[] coarse = {-1.5, 2.0, 4.0, Double.NaN};
        assertThat(AllocationKernel.sum(allocated, coarse, 2))
                .isEqualTo(new AllocationSums(2, 1, 1, 0, 0, 1.0, -1.0, 2.0, 5.0, -1.0, 2.0, 0.5, 0.5));
    }

    @Test
    void hasNoEstimateWithoutACoarserRule() {
        AllocationSums sums = AllocationKernel.sum(new double[] {1.0}, 1);
        assertThat(sums.coarseSum()).isNaN();
        assertThat(sums.absoluteEstimate()).isNaN();
    }

    @Test
    void countsTheSmallestValuesAndBothZeros() {
        double[] allocated = {
            Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, 1e300, -1e300, -1e-320, 0.0, -0.0, 1e-162
        };
        AllocationSums sums = AllocationKernel.sum(allocated, allocated.length);
        assertThat(sums.helped()).isEqualTo(3);
        assertThat(sums.hurt()).isEqualTo(4);
        assertThat(sums.zero()).isEqualTo(2);
        assertThat(sums.min()).isEqualTo(-1e300);
        assertThat(sums.max()).isEqualTo(1e300);
    }

    @Test
    void publishesNoNegativeZero() {
        double[] allocated = new double[300];
        Arrays.fill(allocated, -0.0);
        assertThat(AllocationKernel.sum(allocated, allocated, 300))
                .isEqualTo(new AllocationSums(300, 0, 0, 300, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0));
    }

    @Test
    void flagsNonFiniteValuesAndIncludesThemInTheSum() {
        double[] allocated = {-1.0, Double.NaN, 2.0, 0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 3.0};
        AllocationSums sums = AllocationKernel.sum(allocated, allocated, 7);
        assertThat(sums.nonFinite()).isEqualTo(3);
        assertThat(sums.sum()).isNaN();
        assertThat(sums.sumOfSquares()).isNaN();
        assertThat(sums.coarseSum()).isNaN();
        assertThat(sums.absoluteEstimate()).isNaN();
        assertThat(new double[] {sums.help(), sums.harm(), sums.min(), sums.max()})
                .containsExactly(-1.0, 5.0, -1.0, 3.0);
        assertThat(new long[] {sums.parameters(), sums.helped(), sums.hurt(), sums.zero()})
                .containsExactly(7, 1, 2, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 255, 256, 600, 999})
    void flagsASingleInfinityWhereverItStands(int position) {
        double[] allocated = new double[1000];
        allocated[position] = Double.NEGATIVE_INFINITY;
        AllocationSums sums = AllocationKernel.sum(allocated, 1000);
        assertThat(sums.nonFinite()).isEqualTo(1);
        assertThat(sums.sum()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(sums.helped()).isZero();
        assertThat(sums.zero()).isEqualTo(999);
    }

    @Test
    void countsCorrectlyWhenFiniteValuesOverflowTheSum() {
        AllocationSums sums = AllocationKernel.sum(new double[] {1.5e308, 1.5e308, -1.5e308}, 3);
        assertThat(sums.nonFinite()).isZero();
        assertThat(sums.hurt()).isEqualTo(2);
        assertThat(sums.helped()).isEqualTo(1);
        assertThat(sums.help()).isEqualTo(-1.5e308);
    }

    @Test
    void addsLaneByLaneAndFoldsTheLanesInHalves() {
        double[] allocated = values(new Random(5), 1_400);
        double[] lanes = new double[256];
        for (int i = 0; i < 1_400; i++) {
            lanes[i % 256] += Math.min(0.0, allocated[i]);
        }
        for (int width = 128; width > 0; width /= 2) {
            for (int i = 0; i < width; i++) {
                lanes[i] = lanes[i] + lanes[width + i];
            }
        }
        AllocationSums sums = AllocationKernel.sum(allocated, 1_400);
        assertThat(sums.help()).isEqualTo(lanes[0]);
        assertThat(sums.sum()).isEqualTo(sums.help() + sums.harm());
    }

    @Test
    void refusesArraysThatAreTooShort() {
        assertThatThrownBy(() -> AllocationKernel.sum(new double[3], 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("allocated.length: must be at least 4. Found: 3");
        assertThatThrownBy(() -> AllocationKernel.sum(new double[4], new double[3], 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("coarse.length: must be at least 4. Found: 3");
        assertThatThrownBy(() -> AllocationKernel.sum(new double[4], -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("count: must not be negative. Found: -1");
    }

    /** Both signs, magnitudes from 1e-8 to 1e8, a quarter exactly zero. */
    private static double[] values(Random random, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(4) == 0 ? 0.0 : random.nextGaussian() * Math.pow(10, random.nextInt(17) - 8);
        }
        return values;
    }
}
