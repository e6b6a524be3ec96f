package io.lossledger.producer.worker;

import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.TrajectoryManifest;
import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Begins runs that ask something else, and settles recorded runs that have ended: what is left of their last blocks, steps of which
 * nothing came, and the end of a run whose trainer could not send it. Used by the worker's thread alone.
 */
final class RunSettler {
    private final WorkerSettings settings;
    private final MeasuredRuns runs;
    private final GroupView group;
    private final BlockWriter writer;
    private final WorkerListener listener;

    RunSettler(
            WorkerSettings settings, MeasuredRuns runs, GroupView group, BlockWriter writer, WorkerListener listener) {
        this.settings = settings;
        this.runs = runs;
        this.group = group;
        this.writer = writer;
        this.listener = listener;
    }

    /**
     * Writes the manifest of a run that asks something of a recorded one, unless it is there.
     *
     * @throws IllegalArgumentException when the run that is there asks something else, or was deleted
     */
    void begin(String recorded, RunManifest asked) {
        RunManifest there = runs.manifest(asked.getRun()).orElse(null);
        if (there == null) {
            writer.write(List.of(), asked);
        } else if (RunManifests.isDeleted(there)) {
            throw new IllegalArgumentException(
                    "as: must be a run that was not deleted, because ids are not used again. Found: " + asked.getRun());
        } else if (!AskedRun.isSame(there, asked)) {
            throw new IllegalArgumentException("as: must be a new run, or one that asks the same of run " + recorded
                    + " (objectives, rule, precision, tolerances, form). Found: " + asked.getRun());
        }
    }

    /** Whether the run has ended, and all of it that is in this worker's partitions is written. */
    boolean isRead(String run, Collection<PartitionQueue> queues) {
        if (!runs.hasEnded(run)) {
            return false;
        }
        group.runEnded(run);
        if (!queues.stream().allMatch(queue -> group.isRead(run, queue))) {
            return false;
        }
        for (PartitionQueue queue : queues) {
            // The trainer died before it could end the block.
            queue.open(run).ifPresent(BlockWork::endHere);
            queue.end(run);
        }
        return queues.stream().allMatch(queue -> queue.isWritten(run));
    }

    /**
     * Settles what is left. Each worker does so: the same records, which count once.
     *
     * @return the steps that are lost by this
     */
    int settle(String run) {
        RunManifest recorded = runs.manifest(run).orElseThrow();
        RunMeasurer measurer = runs.measurer(run).orElseThrow();
        TrajectoryManifest trajectory = recorded.getTrajectory();
        int end = trajectory.hasEndStep()
                ? trajectory.getEndStep()
                : Math.max(recorded.getFirstStep(), group.endStep(run));
        List<Update> updates = new ArrayList<>();
        int lost = 0;
        for (GroupView.Steps steps : group.unwritten(recorded, end)) {
            updates.add(measurer.lost(steps.from(), steps.to(), BlockWork.GONE));
            lost += steps.to() - steps.from();
        }
        if (settings.as().isPresent() || !trajectory.hasEndStep()) {
            updates.addAll(measurer.end(end, AskedRun.outcome(recorded)));
        }
        write(updates, recorded, measurer.manifest(), end);
        if (lost > 0) {
            listener.lost(measurer.manifest().getRun(), lost);
        }
        return lost;
    }

    private void write(List<Update> updates, RunManifest recorded, RunManifest booked, int end) {
        // Another worker may have begun the run, and somebody may have ended it.
        RunManifest asked = runs.manifest(booked.getRun()).orElse(booked);
        if (settings.as().isPresent() && asked.getStatus() == RunStatus.RUN_STATUS_RUNNING) {
            writer.write(updates, AskedRun.ended(asked, recorded, end));
        } else if (!updates.isEmpty()) {
            writer.write(updates);
        }
    }
}
