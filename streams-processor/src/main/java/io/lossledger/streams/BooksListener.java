package io.lossledger.streams;

import io.lossledger.streams.v1.RunBook;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Told of what the processor does, on its threads, several at a time. Entries are told of before they are committed: after
 * an aborted transaction the same ones come again. Must not throw and must not take long.
 */
interface BooksListener {
    /** The setting by which Kafka Streams hands the listener to those whom it makes itself. */
    String CONFIG = "lossledger.books.listener";

    /** Does nothing. */
    BooksListener NONE = new BooksListener() {};

    /** The listener among the settings of Kafka Streams, if there is one. */
    static BooksListener of(Map<String, ?> configs) {
        return configs.get(CONFIG) instanceof BooksListener listener ? listener : NONE;
    }

    /** Books after an entry, the rows that were written, and the time of the newest record that they come of. */
    default void entered(TaskId task, String run, RunBook book, List<Row> rows, long recordMillis) {}

    /** A chunk that had come before. */
    default void duplicateChunk() {}

    /** A record that was set aside. */
    default void setAside(SetAside reason) {}

    /** About once a second in every task, also when nothing comes. */
    default void tick() {}

    /** A task that was closed: its runs may be another instance's now. */
    default void closed(TaskId task) {}
}
