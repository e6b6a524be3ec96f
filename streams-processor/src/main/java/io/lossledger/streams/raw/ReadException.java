package io.lossledger.streams.raw;

/** Reading from Kafka failed; the cause says why. */
public final class ReadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReadException(Exception cause) {
        super(
                "Kafka could not be read: " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()),
                cause);
    }
}
