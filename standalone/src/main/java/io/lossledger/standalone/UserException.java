package io.lossledger.standalone;

/** A mistake that the user can mend. Its message is one line that names the setting at fault. */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
