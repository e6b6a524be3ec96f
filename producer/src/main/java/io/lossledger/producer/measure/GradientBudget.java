package io.lossledger.producer.measure;

/** The gradients that one step may still cost. Not thread-safe. */
final class GradientBudget {
    private long left;

    /** @param most gradients of the whole step; 0: no limit */
    GradientBudget(int most) {
        left = most == 0 ? Long.MAX_VALUE : most;
    }

    /** Takes what has to be spent anyway. */
    void spend(int gradients) {
        left -= gradients;
    }

    /** Takes as many if so many are left. */
    boolean trySpend(int gradients) {
        if (left < gradients) {
            return false;
        }
        left -= gradients;
        return true;
    }
}
