package io.lossledger.dashboards.live.history;

import io.lossledger.lca.SamplingError;
import java.util.OptionalDouble;

/** The 95 % interval of an LCA over several steps, by the rule of the windows. Stateless. */
final class SumError {
    /** An interval over fewer steps would cover less than 95 %. */
    private static final int FEWEST_STEPS = 5;

    private SumError() {}

    /**
     * Half of the interval; empty over too few steps.
     *
     * @param squares sum of the squares of the sampling errors
     * @param fourths sum of their fourth powers
     */
    static OptionalDouble half(double steps, double squares, double fourths) {
        return steps < FEWEST_STEPS
                ? OptionalDouble.empty()
                : OptionalDouble.of(new SamplingError(squares, fourths).halfWidth95());
    }
}
