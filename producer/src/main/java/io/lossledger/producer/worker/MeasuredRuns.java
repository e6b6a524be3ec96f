package io.lossledger.producer.worker;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The runs that a worker measures, opened when their first point comes. Manifests are read again when they may be old, at most
 * every two seconds. Used by the worker's thread alone.
 */
final class MeasuredRuns implements AutoCloseable {
    private static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final WorkerSettings settings;
    private final Function<RunManifest, RunMeasurer> measurers;
    private final WorkerListener listener;
    private final Map<String, RunMeasurer> open = new HashMap<>();
    private final Map<String, Long> unknown = new HashMap<>();
    private final Set<String> leftOut = new HashSet<>();
    private Map<String, RunManifest> manifests = Map.of();
    private long readAt = System.nanoTime() - AGE_NANOS;

    MeasuredRuns(WorkerSettings settings, Function<RunManifest, RunMeasurer> measurers, WorkerListener listener) {
        this.settings = settings;
        this.measurers = measurers;
        this.listener = listener;
    }

    /** Whether points of a run can belong to this worker. */
    boolean isWanted(String run) {
        return settings.run().map(run::equals).orElse(true) && !leftOut.contains(run);
    }

    /**
     * The measurer of a run; empty when the run is left out, or its manifest has not come yet.
     *
     * @throws IllegalArgumentException when the worker cannot measure the run that it was asked for
     */
    Optional<RunMeasurer> measurer(String run) {
        RunMeasurer known = open.get(run);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<RunManifest> manifest = manifest(run);
        if (manifest.isEmpty()) {
            leaveOutIfUnknown(run);
            return Optional.empty();
        }
        try {
            RunMeasurer measurer = measurers.apply(manifest.get());
            open.put(run, measurer);
            return Optional.of(measurer);
        } catch (IllegalArgumentException e) {
            if (settings.run().isPresent()) {
                throw e;
            }
            leftOut.add(run);
            listener.leftOut(run, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Points come after the manifest, but maybe on a faster way; a deleted run has none any more. */
    private void leaveOutIfUnknown(String run) {
        long since = unknown.computeIfAbsent(run, unused -> System.nanoTime());
        if (settings.run().isEmpty() && System.nanoTime() - since > PATIENCE_NANOS) {
            leftOut.add(run);
            listener.leftOut(
                    run,
                    "run: must have a manifest in " + LedgerTopic.RUN.named(settings.topicPrefix())
                            + ". Found: none; it may be deleted");
        }
    }

    /**
     * The newest manifest of a run, at most two seconds old; empty when there is none.
     *
     * @throws org.apache.kafka.common.errors.RetriableException when Kafka is away
     */
    Optional<RunManifest> manifest(String run) {
        if (System.nanoTime() - readAt >= AGE_NANOS) {
            try {
                manifests = RunManifests.read(settings.kafka(), settings.topicPrefix());
            } finally {
                readAt = System.nanoTime(); // not again at once, if Kafka is away
            }
        }
        return Optional.ofNullable(manifests.get(run));
    }

    /** Whether the run has ended, as far as is known. */
    boolean hasEnded(String run) {
        return manifest(run)
                .filter(manifest -> manifest.getStatus() != RunStatus.RUN_STATUS_RUNNING)
                .isPresent();
    }

    @Override
    public void close() {
        open.values().forEach(RunMeasurer::close);
        open.clear();
    }
}
