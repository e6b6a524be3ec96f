package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;

/** Slow and obvious: every sum in exact decimal arithmetic, one parameter after the other. Finite values only. */
final class ExactOracle {
    private ExactOracle() {}

    /** All that {@link AllocationSums} says about these allocations; {@code coarse} may be of length 0 for none. */
    static void assertSums(AllocationSums actual, double[] allocated, double[] coarse) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal help = BigDecimal.ZERO;
        BigDecimal harm = BigDecimal.ZERO;
        BigDecimal squares = BigDecimal.ZERO;
        BigDecimal coarseSum = BigDecimal.ZERO;
        BigDecimal coarseMagnitude = BigDecimal.ZERO;
        BigDecimal distance = BigDecimal.ZERO;
        long helped = 0;
        long hurt = 0;
        double min = 0.0;
        double max = 0.0;
        for (int i = 0; i < allocated.length; i++) {
            BigDecimal exact = new BigDecimal(allocated[i]);
            sum = sum.add(exact);
            squares = squares.add(exact.multiply(exact));
            helped += exact.signum() < 0 ? 1 : 0;
            hurt += exact.signum() > 0 ? 1 : 0;
            help = exact.signum() < 0 ? help.add(exact) : help;
            harm = exact.signum() > 0 ? harm.add(exact) : harm;
            min = allocated[i] < min ? allocated[i] : min;
            max = allocated[i] > max ? allocated[i] : max;
            if (coarse.length > 0) {
                BigDecimal exactCoarse = new BigDecimal(coarse[i]);
                coarseSum = coarseSum.add(exactCoarse);
                coarseMagnitude = coarseMagnitude.add(exactCoarse.abs());
                distance = distance.add(exact.subtract(exactCoarse).abs());
            }
        }
        double slack = (allocated.length / 256.0 + 12) * 0x1p-53;
        double magnitude = harm.subtract(help).doubleValue();
        assertThat(actual.parameters()).isEqualTo(allocated.length);
        assertThat(actual.helped()).as("helped").isEqualTo(helped);
        assertThat(actual.hurt()).as("hurt").isEqualTo(hurt);
        assertThat(actual.zero()).as("zero").isEqualTo(allocated.length - helped - hurt);
        assertThat(actual.nonFinite()).as("nonFinite").isZero();
        assertClose(actual.sum(), sum, slack * magnitude, "sum");
        assertClose(actual.help(), help, -slack * help.doubleValue(), "help");
        assertClose(actual.harm(), harm, slack * harm.doubleValue(), "harm");
        assertClose(actual.sumOfSquares(), squares, slack * squares.doubleValue(), "sumOfSquares");
        assertThat(actual.min()).as("min").isEqualTo(min);
        assertThat(actual.max()).as("max").isEqualTo(max);
        if (coarse.length > 0) {
            assertClose(actual.coarseSum(), coarseSum, slack * coarseMagnitude.doubleValue(), "coarseSum");
            assertClose(actual.absoluteEstimate(), distance, slack * distance.doubleValue(), "absoluteEstimate");
        }
    }

    /** The allocation of one parameter, exactly, within the bound that {@link ChunkAllocator} states. */
    static void assertAllocation(double actual, double delta, double[] gradients, double[] weights) {
        BigDecimal average = BigDecimal.ZERO;
        double magnitude = 0.0;
        for (int node = 0; node < weights.length; node++) {
            average = average.add(new BigDecimal(weights[node]).multiply(new BigDecimal(gradients[node])));
            magnitude += Math.abs(weights[node] * gradients[node]);
        }
        double slack = (weights.length + 3) * 0x1p-53 * Math.abs(delta) * magnitude;
        assertClose(actual, average.multiply(new BigDecimal(delta)), slack, "allocation");
    }

    private static void assertClose(double actual, BigDecimal expected, double tolerance, String what) {
        assertThat(actual).as(what).isCloseTo(expected.doubleValue(), within(tolerance));
    }
}
