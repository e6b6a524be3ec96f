package io.lossledger.dashboards.live;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All connected clients. One thread serves them five times a second and never waits for any of them. Thread-safe. */
final class LiveClients implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LiveClients.class);
    private static final long PERIOD_MILLIS = 200;

    private final Set<LiveClient> clients = ConcurrentHashMap.newKeySet();
    private final Semaphore places;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** @param sweep called in every round */
    LiveClients(int most, Runnable sweep) {
        places = new Semaphore(most);
        Thread ticker = new Thread(() -> serve(sweep), "live-ticker");
        ticker.setDaemon(true);
        ticker.start();
    }

    /** Reserves a place for a client; false: all are taken. */
    boolean reserve() {
        return places.tryAcquire();
    }

    /** Serves a client, whose place was reserved. */
    void add(LiveClient client) {
        clients.add(client);
    }

    /** Releases a reserved place. */
    void leave(LiveClient client) {
        clients.remove(client);
        places.release();
    }

    int size() {
        return clients.size();
    }

    @Override
    public void close() {
        closed.countDown();
        clients.forEach(LiveClient::end);
    }

    private void serve(Runnable sweep) {
        try {
            while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                round(sweep);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round(Runnable sweep) {
        clients.forEach(LiveClients::serve);
        try {
            sweep.run();
        } catch (RuntimeException e) {
            log.warn("Feeds without viewers could not be closed", e);
        }
    }

    /** A failure for one client must not affect the others. */
    private static void serve(LiveClient client) {
        try {
            client.pump(System.nanoTime());
        } catch (RuntimeException e) {
            log.warn("A client of the live page was disconnected", e);
            client.end();
        }
    }
}
