package io.lossledger.streams.topology;

import io.lossledger.streams.letters.RejectionListener;
import io.lossledger.streams.letters.RejectionReason;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.RunBook;
import java.util.List;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Told of what the processor does, on its threads, several at a time. Entries are told of before they are committed: after
 * an aborted transaction the same ones come again. Must not throw and must not take long.
 */
public interface ProcessorListener extends RejectionListener {
    /** Does nothing. */
    ProcessorListener NONE = new ProcessorListener() {};

    /** Books after an entry, the rows that were written, and the time of the newest record that they come of. */
    default void entered(TaskId task, String run, RunBook book, List<Row> rows, long recordMillis) {}

    /** A chunk that had come before. */
    default void duplicateChunk() {}

    @Override
    default void setAside(RejectionReason reason) {}

    /** About once a second in every task, also when nothing comes. */
    default void tick() {}

    /** A task that was closed: its runs may be another instance's now. */
    default void closed(TaskId task) {}
}
