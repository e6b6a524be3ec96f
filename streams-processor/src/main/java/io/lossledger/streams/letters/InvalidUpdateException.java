package io.lossledger.streams.letters;

/** A record of the update topic that cannot be booked. Its message is the reason in the dead letter. */
public class InvalidUpdateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidUpdateException(String message) {
        super(message);
    }

    public InvalidUpdateException(String message, Throwable cause) {
        super(message, cause);
    }
}
