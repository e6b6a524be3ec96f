package io.lossledger.streams.books;

import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.PendingStep;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.UnitBook;
import org.apache.kafka.streams.state.KeyValueStore;

/** The stores of {@link StepAssembler}. */
public record LedgerStores(
        KeyValueStore<String, RunProgress> progress,
        KeyValueStore<String, RunBook> books,
        KeyValueStore<String, UnitBook> units,
        KeyValueStore<String, PendingStep> pendingSteps,
        KeyValueStore<String, ChunkPartial> pendingChunks) {

    public static final String PROGRESS_STORE = "run-progress";
    public static final String BOOKS_STORE = "run-books";
    public static final String UNITS_STORE = "unit-books";
    public static final String PENDING_STEPS_STORE = "pending-steps";
    public static final String PENDING_CHUNKS_STORE = "pending-chunks";

    /** Stores on the heap, for books that need not be kept. */
    public static LedgerStores inMemory() {
        return new LedgerStores(
                new MemoryStore<>(PROGRESS_STORE),
                new MemoryStore<>(BOOKS_STORE),
                new MemoryStore<>(UNITS_STORE),
                new MemoryStore<>(PENDING_STEPS_STORE),
                new MemoryStore<>(PENDING_CHUNKS_STORE));
    }
}
