package io.lossledger.protocol;

/** The rule for the names of layers, tensors, objectives and update parts. */
public final class LedgerName {
    public static final int MAX_LENGTH = 200;

    private LedgerName() {}

    public static boolean isValid(String name) {
        return !name.isEmpty() && name.length() <= MAX_LENGTH;
    }

    /**
     * Returns the name unchanged.
     *
     * @param field what the name belongs to, for error messages
     * @throws IllegalArgumentException when the name breaks the rule
     */
    public static String require(String field, String name) {
        if (!isValid(name)) {
            String start = name.substring(0, Math.min(20, name.length()));
            throw new IllegalArgumentException(field + ": must have 1 to " + MAX_LENGTH + " characters. Found: "
                    + name.length() + (name.isEmpty() ? "" : ", " + start + "..."));
        }
        return name;
    }
}
