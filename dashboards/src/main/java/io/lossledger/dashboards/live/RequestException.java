package io.lossledger.dashboards.live;

/** A request that gets an error as its response. */
final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;
    static final int BAD_REQUEST = 400;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int UNAVAILABLE = 503;

    private final int status;

    RequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    RequestException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    int status() {
        return status;
    }
}
