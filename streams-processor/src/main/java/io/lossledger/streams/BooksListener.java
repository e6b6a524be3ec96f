package io.lossledger.streams;

import io.lossledger.streams.v1.RunBook;
import java.util.List;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Told of what the processor does, on its threads, several at a time. Entries are told of before they are committed: after
 * an aborted transaction the same ones come again. Must not throw and must not take long.
 */
interface BooksListener extends RejectionListener {
    /** Does nothing. */
    BooksListener NONE = new BooksListener() {};

    /** Books after an entry, the rows that were written, and the time of the newest record that they come of. */
    default void entered(TaskId task, String run, RunBook book, List<Row> rows, long recordMillis) {}

    /** A chunk that had come before. */
    default void duplicateChunk() {}

    @Override
    default void setAside(SetAside reason) {}

    /** About once a second in every task, also when nothing comes. */
    default void tick() {}

    /** A task that was closed: its runs may be another instance's now. */
    default void closed(TaskId task) {}
}
