package io.lossledger.producer.blas.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Threads that share numbered tasks. To be used by one thread at a time. */
public final class Workers implements AutoCloseable {
    private final int count;
    private final ExecutorService threads;

    /** @param count at least 1 */
    public Workers(int count) {
        this.count = count;
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "evaluation");
            thread.setDaemon(true);
            return thread;
        });
    }

    public interface Task {
        void run(int worker, int number);
    }

    /**
     * Runs tasks 0 to {@code tasks}, exclusive; each worker runs one at a time. Returns or throws only once no task is
     * running, because the memory that tasks write to is about to be reused.
     *
     * @throws IllegalStateException when a task has failed, or this thread is interrupted
     */
    public void each(int tasks, Task task) {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < Math.min(count, tasks); i++) {
            int worker = i;
            calls.add(threads.submit(() -> {
                for (int number = next.getAndIncrement(); number < tasks; number = next.getAndIncrement()) {
                    task.run(worker, number);
                }
            }));
        }
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            next.set(tasks);
        }
        @Nullable Throwable failure = null;
        for (Future<?> call : calls) {
            for (boolean done = false; !done; ) {
                try {
                    call.get();
                    done = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                    next.set(tasks);
                } catch (ExecutionException e) {
                    failure = e.getCause();
                    next.set(tasks);
                    done = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while evaluating");
        }
        if (failure != null) {
            throw new IllegalStateException("The network could not be evaluated: " + failure, failure);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
