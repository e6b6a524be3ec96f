package io.lossledger.streams.replay;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;

/**
 * Takes rows that are booked outside of Kafka Streams: a topic, a file. Called by one thread at a time. What it throws ends the
 * booking.
 */
@FunctionalInterface
public interface RowSink {
    /**
     * A row, or the manifest of a run, which comes before the run's rows. Rows of one key come in the order in which a
     * processor writes them.
     *
     * @param topic what kind of row it is
     * @param key the record key that a processor gives it
     * @param row a message of the topic's type
     * @param timestampMillis the record timestamp that a processor gives it
     */
    void accept(LedgerTopic topic, String key, Message row, long timestampMillis);

    /** All rows so far are of whole steps, a good moment to commit. Comes about once a second, and at the end. */
    default void commit() {}
}
