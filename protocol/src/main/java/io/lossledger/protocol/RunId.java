package io.lossledger.protocol;

import java.util.regex.Pattern;

/** The rule for run ids: they stand in record keys, metric labels and addresses. */
public final class RunId {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RunId() {}

    public static boolean isValid(String run) {
        return VALID.matcher(run).matches();
    }

    /**
     * Returns the run id unchanged.
     *
     * @throws IllegalArgumentException when it breaks the rule
     */
    public static String require(String run) {
        if (!isValid(run)) {
            throw new IllegalArgumentException("run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: " + run);
        }
        return run;
    }
}
