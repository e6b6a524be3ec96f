package io.lossledger.standalone.terminal;

/** A mistake that the user can fix. Its message is one line that names the setting. */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    public UserException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @throws UserException when the value of an option is below 1 */
    public static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new UserException(option + ": must be at least 1. Found: " + value);
        }
    }
}
