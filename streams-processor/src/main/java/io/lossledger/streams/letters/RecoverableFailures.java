package io.lossledger.streams.letters;

import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.jspecify.annotations.Nullable;

/** Which failures do not come again when the work is repeated from the last commit. Stateless. */
public final class RecoverableFailures {
    private RecoverableFailures() {}

    /**
     * Whether a new thread may succeed: Kafka was unavailable or slow, another instance took over, or the broker refused a record
     * that will be rejected the next time. Anything else would fail again and again.
     */
    public static boolean isRecoverable(Throwable fault) {
        for (@Nullable Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordRefusedException) {
                return false;
            }
            if (cause instanceof RetriableException
                    || cause instanceof ApplicationRecoverableException
                    || cause instanceof OutOfOrderSequenceException
                    || cause instanceof TransactionAbortableException
                    || cause instanceof RecordTooLargeException
                    || cause instanceof TaskMigratedException
                    || cause instanceof TaskCorruptedException
                    || cause instanceof LockException) {
                return true;
            }
        }
        return false;
    }
}
