package io.lossledger.standalone;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C (and TERM) into an orderly stop: the action given asks the work to end, and the JVM waits until
 * {@link #close} says that it has, at most a minute. Thread-safe.
 */
final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    private StopSignal() {}

    /** Installs the signal; {@code ask} runs on another thread and must return soon. */
    static StopSignal install(Runnable ask) {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.stop(ask), "stop-signal"));
        return signal;
    }

    boolean isAsked() {
        return asked.getCount() == 0;
    }

    void awaitAsked() throws InterruptedException {
        asked.await();
    }

    /** Waits a while; true when a stop has been asked for. */
    boolean awaitAsked(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
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
                System.err.println("lossledger: did not stop within " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
