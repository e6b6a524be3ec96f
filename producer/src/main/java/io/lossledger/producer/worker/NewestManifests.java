package io.lossledger.producer.worker;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the manifests of all runs every two seconds, on a thread of its own. Thread-safe. */
final class NewestManifests implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NewestManifests.class);
    private static final long PERIOD_MILLIS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final WorkerSettings settings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Map<String, RunManifest> manifests;
    private volatile @Nullable RuntimeException fault;
    /** When the reading of what is known began. */
    private volatile long readAt;

    NewestManifests(WorkerSettings settings) {
        this.settings = settings;
        Thread thread = new Thread(this::run, "lossledger-manifests");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The newest manifest of a run, also of one that was deleted.
     *
     * @throws RuntimeException what the first reading failed with, if none has succeeded
     */
    Optional<RunManifest> of(String run) {
        Map<String, RunManifest> known = manifests;
        RuntimeException failure = fault;
        if (known == null && failure != null) {
            throw failure;
        }
        return known == null ? Optional.empty() : Optional.ofNullable(known.get(run));
    }

    /** Whether the manifests were read after a time of {@link System#nanoTime}. */
    boolean readAfter(long nanos) {
        return manifests != null && readAt - nanos > 0;
    }

    private void run() {
        String topic = LedgerTopic.RUN.named(settings.topicPrefix());
        try {
            do {
                long begun = System.nanoTime();
                try {
                    manifests = RunManifests.read(settings.kafka(), settings.topicPrefix(), topic, PATIENCE);
                    readAt = begun;
                } catch (RuntimeException e) {
                    fault = e;
                    log.debug("The manifests are read later", e);
                }
            } while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
