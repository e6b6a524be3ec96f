package io.lossledger.streams.queries;

/** The books cannot be read now, but perhaps in a moment. The message says why. */
public final class NotReadyException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotReadyException(String message) {
        super(message);
    }

    NotReadyException(String message, Throwable cause) {
        super(message, cause);
    }
}
