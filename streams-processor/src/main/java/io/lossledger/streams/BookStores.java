package io.lossledger.streams;

import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.PendingStep;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.UnitBook;
import org.apache.kafka.streams.state.KeyValueStore;

/** Where {@link StepBooks} keeps what it knows. */
record BookStores(
        KeyValueStore<String, RunProgress> progress,
        KeyValueStore<String, RunBook> books,
        KeyValueStore<String, UnitBook> units,
        KeyValueStore<String, PendingStep> pendingSteps,
        KeyValueStore<String, ChunkPartial> pendingChunks) {

    static final String PROGRESS_STORE = "run-progress";
    static final String BOOKS_STORE = "run-books";
    static final String UNITS_STORE = "unit-books";
    static final String PENDING_STEPS_STORE = "pending-steps";
    static final String PENDING_CHUNKS_STORE = "pending-chunks";

    /** On the heap, for books that nobody wants to keep. */
    static BookStores inMemory() {
        return new BookStores(
                new MemoryStore<>(PROGRESS_STORE),
                new MemoryStore<>(BOOKS_STORE),
                new MemoryStore<>(UNITS_STORE),
                new MemoryStore<>(PENDING_STEPS_STORE),
                new MemoryStore<>(PENDING_CHUNKS_STORE));
    }
}
