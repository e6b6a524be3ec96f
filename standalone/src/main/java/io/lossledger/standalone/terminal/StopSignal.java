package io.lossledger.standalone.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C (and TERM) into an orderly stop: the action given asks the work to end, and the JVM waits until
 * {@link #close} says that it has, at most a minute. Thread-safe.
 */
public final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile int exitCode;

    private StopSignal() {}

    /** Installs the signal; {@code ask} runs on another thread and must return soon. */
    public static StopSignal install(Runnable ask) {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.stop(ask), "stop-signal"));
        return signal;
    }

    public boolean isAsked() {
        return asked.getCount() == 0;
    }

    public void awaitAsked() throws InterruptedException {
        asked.await();
    }

    /** Waits a while; true when a stop has been asked for. */
    public boolean awaitAsked(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Sets the exit code of the JVM if a stop is requested. 0, the default, means the exit code of the signal.
     */
    public void exitWith(int code) {
        exitCode = code;
    }

    /** The work has ended. */
    @Override
    public void close() {
        done.countDown();
    }

    private void stop(Runnable ask) {
        asked.countDown();
        if (done.getCount() == 0) {
            return;
        }
        ask.run();
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("lossledger: the command did not stop within " + PATIENCE_SECONDS + " s");
            }
            if (exitCode != 0) {
                Runtime.getRuntime().halt(exitCode); // the exit code of a signal does not say what was lost
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
