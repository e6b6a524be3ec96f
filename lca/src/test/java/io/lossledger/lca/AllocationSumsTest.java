package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AllocationSumsTest {
    private static final AllocationSums SOME =
            new AllocationSums(10, 2, 4, 3, 1, 0.5, -1.0, 1.5, 9.0, -0.75, 0.5, 0.25, 0.5);

    @Test
    void addsEveryFieldAndKeepsTheExtremes() {
        AllocationSums next = new AllocationSums(20, 6, 9, 5, 0, 1.0, -2.0, 3.0, 1.0, -0.5, 2.0, 0.75, 0.25);
        assertThat(SOME.plus(next))
                .isEqualTo(new AllocationSums(30, 8, 13, 8, 1, 1.5, -3.0, 4.5, 10.0, -0.75, 2.0, 1.0, 0.75));
    }

    @Test
    void emptyChangesNothing() {
        AllocationSums uncompared = AllocationKernel.sum(new double[] {-1.0, 2.0}, 2);
        assertThat(AllocationSums.EMPTY.plus(SOME)).isEqualTo(SOME);
        assertThat(SOME.plus(AllocationSums.EMPTY)).isEqualTo(SOME);
        assertThat(AllocationSums.EMPTY.plus(uncompared)).isEqualTo(uncompared);
        assertThat(AllocationSums.EMPTY.plus(AllocationSums.EMPTY)).isEqualTo(AllocationSums.EMPTY);
    }

    @Test
    void hasNoEstimateWhenOnePartHasNone() {
        AllocationSums merged = SOME.plus(AllocationKernel.sum(new double[] {1.0}, 1));
        assertThat(merged.coarseSum()).isNaN();
        assertThat(merged.absoluteEstimate()).isNaN();
        assertThat(merged.estimate()).isNaN();
        assertThat(merged.sum()).isEqualTo(1.5);
    }

    @Test
    void hasNoSquaresWhenOnePartHasNone() {
        AllocationSums squared = SOME.withSquares(new SquareSums(4.0, 9.0));
        assertThat(squared.plus(squared).squares()).isEqualTo(new SquareSums(8.0, 18.0));
        assertThat(AllocationSums.EMPTY.plus(squared)).isEqualTo(squared);
        assertThat(squared.plus(SOME).squares()).isNull();
        assertThat(SOME.plus(squared).squares()).isNull();
    }

    @Test
    void sharesEstimateAndRmsFollowFromTheFields() {
        assertThat(SOME.estimate()).isEqualTo(0.25);
        assertThat(SOME.helpedShare()).isEqualTo(0.2);
        assertThat(SOME.helpedShareOfNonZero()).isEqualTo(2 / 6.0);
        assertThat(SOME.rms()).isEqualTo(Math.sqrt(0.9));
    }

    @Test
    void sharesAndRmsOfNothingAreZero() {
        assertThat(AllocationSums.EMPTY.helpedShare()).isZero();
        assertThat(AllocationSums.EMPTY.helpedShareOfNonZero()).isZero();
        assertThat(AllocationSums.EMPTY.rms()).isZero();
        assertThat(AllocationSums.EMPTY.estimate()).isZero();
        assertThat(AllocationKernel.sum(new double[3], 3).helpedShareOfNonZero())
                .isZero();
    }

    @Test
    void partsMergedInOrderGiveTheWholeAndTheSameBitsEveryTime() {
        double[] allocated = new Random(1).doubles(5_000, -1, 1).toArray();
        double[] coarse = new Random(2).doubles(5_000, -1, 1).toArray();
        AllocationSums merged = merge(allocated, coarse);
        ExactOracle.assertSums(merged, allocated, coarse);
        assertThat(merge(allocated, coarse)).isEqualTo(merged);
    }

    @Test
    void aPartThatIsNotFiniteFlagsTheWhole() {
        AllocationSums bad = AllocationKernel.sum(new double[] {Double.NaN, -1.0}, 2);
        AllocationSums merged = SOME.plus(bad);
        assertThat(merged.nonFinite()).isEqualTo(2);
        assertThat(merged.sum()).isNaN();
        assertThat(merged.help()).isEqualTo(-2.0);
        assertThat(merged.min()).isEqualTo(-1.0);
    }

    private static AllocationSums merge(double[] allocated, double[] coarse) {
        AllocationSums merged = AllocationSums.EMPTY;
        for (int from = 0; from < allocated.length; from += 777) {
            int to = Math.min(from + 777, allocated.length);
            merged = merged.plus(AllocationKernel.sum(
                    Arrays.copyOfRange(allocated, from, to), Arrays.copyOfRange(coarse, from, to), to - from));
        }
        return merged;
    }
}
