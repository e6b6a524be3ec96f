package io.lossledger.producer.blas;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that share numbered tasks. To be used by one thread at a time. */
final class Workers implements AutoCloseable {
    private final int count;
    private final ExecutorService threads;
    private final AtomicInteger next = new AtomicInteger();

    Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads: must be at least 1. Found: " + count);
        }
        this.count = count;
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "evaluation");
            thread.setDaemon(true);
            return thread;
        });
    }

    interface Task {
        void run(int worker, int number);
    }

    /** Runs tasks 0 to {@code tasks} and returns when all are done. Each worker runs one at a time. */
    void each(int tasks, Task task) {
        next.set(0);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < Math.min(count, tasks); i++) {
            int worker = i;
            calls.add(() -> {
                for (int number = next.getAndIncrement(); number < tasks; number = next.getAndIncrement()) {
                    task.run(worker, number);
                }
                return true;
            });
        }
        try {
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                call.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while evaluating", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The network could not be evaluated: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
