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
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;

/** The runs that a worker measures, opened when their first point comes. Used by the worker's thread alone. */
final class MeasuredRuns implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final WorkerSettings settings;
    private final Function<RunManifest, RunMeasurer> measurers;
    private final WorkerListener listener;
    private final Executor evaluation;
    private final NewestManifests manifests;
    private final Map<String, RunMeasurer> open = new HashMap<>();
    private final Map<String, Long> unknown = new HashMap<>();
    private final Set<String> leftOut = new HashSet<>();

    /** @param evaluation the thread that measures */
    MeasuredRuns(
            WorkerSettings settings,
            Function<RunManifest, RunMeasurer> measurers,
            WorkerListener listener,
            Executor evaluation) {
        this.evaluation = evaluation;
        this.settings = settings;
        this.measurers = measurers;
        this.listener = listener;
        this.manifests = new NewestManifests(settings);
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
        Optional<RunManifest> manifest = manifest(run);
        if (manifest.isPresent() && RunManifests.isDeleted(manifest.get())) {
            leaveOut(run, new IllegalArgumentException("run: must be one that was not deleted. Found: " + run));
            return Optional.empty();
        }
        RunMeasurer known = open.get(run);
        if (known != null) {
            return Optional.of(known);
        }
        if (manifest.isEmpty()) {
            leaveOutIfUnknown(run);
            return Optional.empty();
        }
        try {
            RunMeasurer measurer = measurers.apply(manifest.get());
            open.put(run, measurer);
            return Optional.of(measurer);
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException e) { // one run must not end a worker that has others
            leaveOut(run, e);
            return Optional.empty();
        }
    }

    /** @throws RuntimeException the fault, if the worker was asked for this run */
    private void leaveOut(String run, RuntimeException fault) {
        if (settings.run().isPresent()) {
            throw fault;
        }
        leftOut.add(run);
        release(run);
        listener.leftOut(run, String.valueOf(fault.getMessage()));
    }

    /** Points come after the manifest, but maybe on a faster way. */
    private void leaveOutIfUnknown(String run) {
        long since = unknown.computeIfAbsent(run, unused -> System.nanoTime());
        if (settings.run().isEmpty() && manifests.readAfter(since + PATIENCE_NANOS)) {
            leaveOut(
                    run,
                    new IllegalArgumentException("run: must have a manifest in "
                            + LedgerTopic.RUN.named(settings.topicPrefix()) + ". Found: none"));
        }
    }

    /**
     * The newest manifest of a run, some seconds old, also of one that was deleted; empty when there is none.
     *
     * @throws KafkaException when Kafka has not answered since the start
     */
    Optional<RunManifest> manifest(String run) {
        return manifests.of(run);
    }

    /** Whether the run has ended, as far as is known. */
    boolean hasEnded(String run) {
        return manifest(run)
                .filter(manifest ->
                        manifest.getStatus() != RunStatus.RUN_STATUS_RUNNING && !RunManifests.isDeleted(manifest))
                .isPresent();
    }

    /** The runs that are open. */
    Set<String> open() {
        return Set.copyOf(open.keySet());
    }

    /** Closes the measurer of a run, after the segment that it may be measuring. */
    void release(String run) {
        RunMeasurer measurer = open.remove(run);
        if (measurer != null) {
            evaluation.execute(measurer::close);
        }
    }

    /** No manifest is read any more. */
    void stop() {
        manifests.close();
    }

    @Override
    public void close() {
        stop();
        open.values().forEach(RunMeasurer::close);
        open.clear();
    }
}
