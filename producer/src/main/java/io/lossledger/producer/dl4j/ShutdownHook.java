package io.lossledger.producer.dl4j;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something when the JVM shuts down, which waits for it a minute at most. Thread-safe. */
final class ShutdownHook {
    private static final Logger log = LoggerFactory.getLogger(ShutdownHook.class);
    private static final long PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final Thread thread;

    private ShutdownHook(Runnable last) {
        thread = new Thread(() -> run(last), "lossledger-shutdown");
    }

    /** Adds a hook; one that comes too late, as the JVM shuts down already, does nothing. */
    static ShutdownHook add(Runnable last) {
        ShutdownHook hook = new ShutdownHook(last);
        try {
            Runtime.getRuntime().addShutdownHook(hook.thread);
        } catch (IllegalStateException e) {
            log.debug("Too late", e);
        }
        return hook;
    }

    /** Takes the hook away, unless it runs already. */
    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            log.debug("Too late", e);
        }
    }

    /** On another thread, because what it waits for may itself wait for the end of the JVM. */
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
