package io.lossledger.standalone.terminal;

/** A disk is full. The message is one line that names the folder and what to do. */
public final class DiskFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message) {
        super(message);
    }

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
