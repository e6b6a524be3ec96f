package io.lossledger.streams;

/** A record of the update topic that cannot be booked. Its message is the reason in the dead letter. */
class InvalidUpdateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidUpdateException(String message) {
        super(message);
    }

    InvalidUpdateException(String message, Throwable cause) {
        super(message, cause);
    }
}
