package io.lossledger.streams;

import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.PendingStep;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.UnitBook;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;

/** Where {@link StepBooks} keeps what it knows. */
record BookStores(
        KeyValueStore<String, RunProgress> progress,
        KeyValueStore<String, RunBook> books,
        KeyValueStore<String, UnitBook> units,
        KeyValueStore<String, PendingStep> pendingSteps,
        KeyValueStore<String, ChunkPartial> pendingChunks) {

    /** Those that {@link BalanceStepsSupplier} has asked Kafka Streams for. */
    static BookStores of(ProcessorContext<?, ?> context) {
        return new BookStores(
                context.getStateStore(BalanceStepsSupplier.PROGRESS_STORE),
                context.getStateStore(BalanceStepsSupplier.BOOKS_STORE),
                context.getStateStore(BalanceStepsSupplier.UNITS_STORE),
                context.getStateStore(BalanceStepsSupplier.PENDING_STEPS_STORE),
                context.getStateStore(BalanceStepsSupplier.PENDING_CHUNKS_STORE));
    }

    /** On the heap, for books that nobody wants to keep. */
    static BookStores inMemory() {
        return new BookStores(
                new MemoryStore<>(BalanceStepsSupplier.PROGRESS_STORE),
                new MemoryStore<>(BalanceStepsSupplier.BOOKS_STORE),
                new MemoryStore<>(BalanceStepsSupplier.UNITS_STORE),
                new MemoryStore<>(BalanceStepsSupplier.PENDING_STEPS_STORE),
                new MemoryStore<>(BalanceStepsSupplier.PENDING_CHUNKS_STORE));
    }
}
