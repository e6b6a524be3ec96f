package io.lossledger.streams.replay;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;

/**
 * A destination, such as a topic or a file, for rows that are booked outside Kafka Streams. Called by one thread at a
 * time. An exception ends the booking.
 */
@FunctionalInterface
public interface RowSink {
    /**
     * Writes a row, or the manifest of a run, which comes before the run's rows. Rows of one key come in the order in
     * which a processor writes them.
     *
     * @param topic the topic of the row
     * @param key the record key that a processor gives it
     * @param row a message of the topic's type
     * @param timestampMillis the record timestamp that a processor gives it
     */
    void accept(LedgerTopic topic, String key, Message row, long timestampMillis);

    /**
     * Called when all rows so far belong to complete steps, which is a good moment to commit: about once a second, and
     * at the end.
     */
    default void commit() {}
}
