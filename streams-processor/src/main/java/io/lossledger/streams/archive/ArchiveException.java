package io.lossledger.streams.archive;

/** A file that cannot be read or written as an archive. Its message is one line that names the file. */
public final class ArchiveException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ArchiveException(String message) {
        super(message);
    }

    ArchiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
