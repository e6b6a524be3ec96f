package io.lossledger.producer.blas.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Threads that share numbered tasks; a single worker is the calling thread. To be used by one thread at a time. */
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
        each(count, tasks, task);
    }

    /**
     * The same on some of the workers.
     *
     * @param most how many take part at most, at least 1
     */
    public void each(int most, int tasks, Task task) {
        int used = Math.min(Math.min(count, most), tasks);
        if (used == 1) {
            eachHere(tasks, task);
            return;
        }
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < used; i++) {
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
            throw interrupted();
        }
        if (failure != null) {
            throw failed(failure);
        }
    }

    private static void eachHere(int tasks, Task task) {
        for (int number = 0; number < tasks; number++) {
            if (Thread.interrupted()) {
                throw interrupted();
            }
            try {
                task.run(0, number);
            } catch (RuntimeException | Error e) { // running out of native memory is an Error
                throw failed(e);
            }
        }
    }

    private static IllegalStateException interrupted() {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Interrupted while evaluating");
    }

    private static IllegalStateException failed(Throwable failure) {
        return new IllegalStateException("The network could not be evaluated: " + failure, failure);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
