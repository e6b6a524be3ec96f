package io.lossledger.standalone.bench;

import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.StepUpdate;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/**
 * Holds the class objectives against the whole: weighted by their shares, their losses add up to the train loss. Used by one
 * thread.
 */
public final class ClassCheck {
    private static final String TRAIN = "train";
    private static final String CLASS = "class=";
    /** Shares of all classes add up to 1, up to rounding; without one of them they fall short by more than this. */
    private static final double WEIGHT_TOLERANCE = 1e-9;

    private double largest;
    private int steps;

    public void accept(StepUpdate step) {
        Optional<ObjectiveStep> whole = step.objectives().stream()
                .filter(objective -> objective.name().equals(TRAIN))
                .findFirst();
        double loss = 0;
        double weights = 0;
        for (ObjectiveStep objective : step.objectives()) {
            if (objective.name().startsWith(CLASS)) {
                loss += objective.weight() * objective.lossEnd();
                weights += objective.weight();
            }
        }
        if (whole.isPresent() && Math.abs(weights - 1) < WEIGHT_TOLERANCE) {
            largest = Math.max(largest, Math.abs(loss - whole.get().lossEnd()));
            steps++;
        }
    }

    /** Prints the largest difference, if there was anything to compare. */
    public void print(PrintWriter out) {
        if (steps > 0) {
            out.printf(
                    Locale.ROOT,
                    "class check: the weighted class losses differ from the train loss by at most %.1e in %d steps%n",
                    largest,
                    steps);
        }
    }
}
