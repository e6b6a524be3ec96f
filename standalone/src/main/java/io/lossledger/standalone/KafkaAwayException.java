package io.lossledger.standalone;

/** No Kafka answers, but one may later. */
final class KafkaAwayException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param message for someone who does not want to wait
     * @param reason why, for someone who does
     */
    KafkaAwayException(String message, String reason, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
