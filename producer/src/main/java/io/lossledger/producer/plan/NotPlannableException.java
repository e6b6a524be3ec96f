package io.lossledger.producer.plan;

/**
 * Something in a network that a plan cannot express. The message is a clause, such as {@code LSTM lstm1 is unknown}.
 */
final class NotPlannableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotPlannableException(String reason) {
        super(reason);
    }
}
