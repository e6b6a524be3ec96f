package io.lossledger.streams.steps;

import java.util.function.IntPredicate;

/** Finds entries of lists that keep their order from step to step, so that the place to look first is known. Stateless. */
public final class Places {
    private Places() {}

    /** The place of the entry that {@code is} holds for, {@code expected} if it is that one; -1 if there is none. */
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
