package io.lossledger.producer.dl4j;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task when the JVM shuts down; the JVM waits for it for at most a minute. Thread-safe. */
final class ShutdownHook {
    private static final Logger log = LoggerFactory.getLogger(ShutdownHook.class);
    private static final long PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final Thread thread;

    private ShutdownHook(Runnable last) {
        thread = new Thread(() -> run(last), "lossledger-shutdown");
    }

    /** Adds a hook; does nothing if the JVM is already shutting down. */
    static ShutdownHook add(Runnable last) {
        ShutdownHook hook = new ShutdownHook(last);
        try {
            Runtime.getRuntime().addShutdownHook(hook.thread);
        } catch (IllegalStateException e) {
            log.debug("Too late", e);
        }
        return hook;
    }

    /** Removes the hook, unless it is already running. */
    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            log.debug("Too late", e);
        }
    }

    /** Runs on another thread, because the task may wait for something that itself waits for the end of the JVM. */
    private static void run(Runnable last) {
        Thread work = new Thread(last, "lossledger-last");
        work.setDaemon(true);
        work.start();
        try {
            work.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (work.isAlive()) {
            log.warn(
                    "The run was not ended within {} s of the shutdown",
                    TimeUnit.MILLISECONDS.toSeconds(PATIENCE_MILLIS));
        }
    }
}
