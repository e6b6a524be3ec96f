package io.lossledger.dashboards.live;

/** An action that a rule does not allow. Its message is shown on the page. */
public final class RefusedActionException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedActionException(String message, Throwable cause) {
        super(message, cause);
    }

    public RefusedActionException(String message) {
        super(message);
    }
}
