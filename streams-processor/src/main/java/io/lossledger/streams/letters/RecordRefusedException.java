package io.lossledger.streams.letters;

import org.apache.kafka.common.errors.RecordTooLargeException;

/** A record that was not sent, because it is larger than its topic is known to accept. */
final class RecordRefusedException extends RecordTooLargeException {
    private static final long serialVersionUID = 1L;

    RecordRefusedException(String topic, long limit, long size) {
        super("record for " + topic + ": must take at most " + limit + " bytes. Found: " + size);
    }
}
