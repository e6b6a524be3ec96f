package io.lossledger.producer.measure;

/** The number of gradients that one step may still cost. Not thread-safe. */
final class GradientBudget {
    private long left;

    /** @param most limit for the whole step; 0: no limit */
    GradientBudget(int most) {
        left = most == 0 ? Long.MAX_VALUE : most;
    }

    /** Spends gradients that are needed in any case. */
    void spend(int gradients) {
        left -= gradients;
    }

    /** Spends this many gradients if they are left. */
    boolean trySpend(int gradients) {
        if (left < gradients) {
            return false;
        }
        left -= gradients;
        return true;
    }
}
