package io.lossledger.streams.replay;

import io.lossledger.lca.Quadrature;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.raw.StepRange;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Allocates records on several threads and gives them back in order. Used by one thread. */
final class ParallelAllocator implements AutoCloseable {
    /** Enough for every thread to have something to do while the oldest record is booked. */
    private static final int RECORDS_PER_THREAD = 4;

    private final StepRange range;
    private final int threads;
    private final ExecutorService executor;
    private final ThreadLocal<UpdateAllocator> allocators;
    private final ArrayDeque<Future<AllocatedRecord>> records = new ArrayDeque<>();

    /**
     * Starts no thread before there is a record.
     *
     * @param rule the rule for all objectives; empty: the best rule that their nodes allow
     * @param range the steps to book
     * @param threads at least 1
     */
    ParallelAllocator(Optional<Quadrature> rule, StepRange range, int threads) {
        this.range = range;
        this.threads = threads;
        this.allocators = ThreadLocal.withInitial(() -> new UpdateAllocator(rule));
        this.executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "allocation");
            thread.setDaemon(true);
            return thread;
        });
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    boolean hasRoom() {
        return records.size() < RECORDS_PER_THREAD * threads;
    }

    void add(ConsumerRecord<byte[], byte[]> record) {
        records.add(executor.submit(
                () -> AllocatedRecord.of(record.key(), record.value(), record.timestamp(), range, allocators.get())));
    }

    /** The oldest record; waits until it is allocated. */
    AllocatedRecord take() throws InterruptedException {
        try {
            return records.remove().get();
        } catch (ExecutionException e) { // a bug, or no memory
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("An update could not be allocated: " + e.getCause(), e.getCause());
        }
    }

    /** Forgets what is left. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
