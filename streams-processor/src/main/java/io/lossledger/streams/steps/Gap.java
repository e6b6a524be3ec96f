package io.lossledger.streams.steps;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Missing steps before a step or before the end of a run. Immutable.
 *
 * @param from the first missing step
 * @param to the step after the last one; {@code from} when none is missing
 * @param givenUp the missing steps of which some chunks arrived
 * @param reason why the first of them was lost; empty when nobody has said so
 */
public record Gap(int from, int to, List<PendingSteps.GivenUp> givenUp, String reason) {
    private static final int NAMED = 3;

    /** Missing steps of which nobody has said why. */
    public Gap(int from, int to, List<PendingSteps.GivenUp> givenUp) {
        this(from, to, givenUp, "");
    }

    public int steps() {
        return Math.max(0, to - from);
    }

    /** A sentence that says what is missing and why. */
    public String message() {
        String steps =
                steps() == 1 ? "Step " + from + " is missing" : "Steps " + from + " to " + (to - 1) + " are missing";
        if (!reason.isEmpty()) {
            return steps + ": " + reason;
        }
        if (givenUp.isEmpty()) {
            return steps + ": never came, or could not be booked";
        }
        String some = givenUp.stream()
                .limit(NAMED)
                .map(step -> step.received() + " of " + step.chunksInStep() + " chunks of step " + step.step())
                .collect(Collectors.joining(", "));
        int more = givenUp.size() - NAMED;
        return steps + ": " + some + (more > 0 ? " and some of " + more + " other steps" : "") + " came";
    }
}
