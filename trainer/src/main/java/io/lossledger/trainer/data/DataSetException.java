package io.lossledger.trainer.data;

import java.io.IOException;

/**
 * A file of a data set cannot be used. The message says in one line which file, what was expected, what was found, and
 * what to do.
 */
public final class DataSetException extends IOException {

    private static final long serialVersionUID = 1L;

    DataSetException(String message) {
        super(message);
    }

    DataSetException(String message, Throwable cause) {
        super(message, cause);
    }
}
