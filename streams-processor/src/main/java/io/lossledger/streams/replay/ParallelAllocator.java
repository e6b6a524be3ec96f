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
    /** Records may be large; no more are taken beyond this. */
    private static final long MOST_BYTES = 64L << 20;

    private final StepRange range;
    private final int threads;
    private final ExecutorService executor;
    private final ThreadLocal<UpdateAllocator> allocators;
    private final ArrayDeque<Waiting> records = new ArrayDeque<>();
    private long bytes;

    private record Waiting(Future<AllocatedRecord> record, int bytes) {}

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
        return records.size() < RECORDS_PER_THREAD * threads && bytes < MOST_BYTES;
    }

    void add(ConsumerRecord<byte[], byte[]> record) {
        int size = Math.max(0, record.serializedValueSize());
        Future<AllocatedRecord> allocated = executor.submit(
                () -> AllocatedRecord.of(record.key(), record.value(), record.timestamp(), range, allocators.get()));
        records.add(new Waiting(allocated, size));
        bytes += size;
    }

    /** The oldest record; waits until it is allocated. */
    AllocatedRecord take() throws InterruptedException {
        Waiting oldest = records.remove();
        bytes -= oldest.bytes();
        try {
            return oldest.record().get();
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
