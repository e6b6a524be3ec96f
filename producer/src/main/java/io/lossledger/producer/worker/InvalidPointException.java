package io.lossledger.producer.worker;

/** A record of the trajectory that breaks the contract; the message names the field. */
final class InvalidPointException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidPointException(String message) {
        super(message);
    }
}
