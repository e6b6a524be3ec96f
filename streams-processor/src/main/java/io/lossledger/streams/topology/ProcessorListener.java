package io.lossledger.streams.topology;

import io.lossledger.streams.letters.RejectionListener;
import io.lossledger.streams.letters.RejectionReason;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.RunBook;
import java.util.List;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Receives what the processor does, on its threads, several at a time. Entries arrive before they are committed: after
 * an aborted transaction they arrive again. Must not throw and must not take long.
 */
public interface ProcessorListener extends RejectionListener {
    /** Does nothing. */
    ProcessorListener NONE = new ProcessorListener() {};

    /** The books after an entry, the rows that were written, and the time of the newest record behind them. */
    default void entered(TaskId task, String run, RunBook book, List<Row> rows, long recordMillis) {}

    /** A chunk that had arrived before. */
    default void duplicateChunk() {}

    @Override
    default void setAside(RejectionReason reason) {}

    /** Called about once a second in every task, even without records. */
    default void tick() {}

    /** A task was closed; its runs may now belong to another instance. */
    default void closed(TaskId task) {}
}
