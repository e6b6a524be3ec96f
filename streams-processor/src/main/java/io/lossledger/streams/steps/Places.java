package io.lossledger.streams.steps;

import java.util.function.IntPredicate;

/**
 * Finds entries of lists that usually keep their order from step to step, so the expected index is tried first.
 * Stateless.
 */
public final class Places {
    private Places() {}

    /** The index of the entry that satisfies {@code is}, preferably {@code expected}; -1 if there is none. */
    public static int find(int expected, int count, IntPredicate is) {
        if (expected < count && is.test(expected)) {
            return expected;
        }
        for (int i = 0; i < count; i++) {
            if (is.test(i)) {
                return i;
            }
        }
        return -1;
    }
}
