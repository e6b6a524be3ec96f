package io.lossledger.standalone.terminal;

/** No Kafka answers, but one may later. */
public final class KafkaAwayException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param message for someone who does not want to wait
     * @param reason why, for someone who does
     */
    public KafkaAwayException(String message, String reason, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
