package io.lossledger.producer.worker;

import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.publish.UpdateBuilder;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures segments of one run and builds their updates. {@link #measure} is for one thread at a time, all else for any.
 */
public final class RunMeasurer implements AutoCloseable {
    private final RunManifest manifest;
    private final ModelLayout layout;
    private final StepMeasurer measurer;
    private final UpdateForm form;
    private final UpdateBuilder updates;
    private final AutoCloseable resources;

    /**
     * @param manifest the run that is booked, with its trajectory, objectives and session
     * @param layout the booked tensors
     * @param measurer the objectives
     * @param form what the updates contain
     * @param resources closed with this measurer, such as an evaluation pool
     */
    public RunMeasurer(
            RunManifest manifest, ModelLayout layout, StepMeasurer measurer, UpdateForm form, AutoCloseable resources) {
        this.manifest = manifest;
        this.layout = layout;
        this.measurer = measurer;
        this.form = form;
        this.updates = UpdateBuilder.forTrajectory(manifest, layout, form);
        this.resources = resources;
    }

    /** The run that is booked. */
    public RunManifest manifest() {
        return manifest;
    }

    /** Evaluates a segment in each objective, and allocates it. */
    List<Update> measure(TrainedSegment segment) {
        StepUpdate step = measurer.measure(segment);
        List<Update> records = new ArrayList<>();
        for (int chunk = 0; chunk < updates.chunks(); chunk++) {
            records.add(updates.chunk(step, chunk));
        }
        return records;
    }

    /**
     * The record about steps that no segment covers, or whose segment could not be measured.
     *
     * @param from first step
     * @param to step after the last one
     */
    Update lost(int from, int to, String reason) {
        return builder().lost(to - 1, to - from, reason);
    }

    /**
     * The end markers of the run.
     *
     * @param step the step after the last one trained
     */
    List<Update> end(int step, RunFinished outcome) {
        List<Update> records = new ArrayList<>();
        UpdateBuilder ends = builder();
        for (int chunk = 0; chunk < ends.chunks(); chunk++) {
            records.add(ends.end(step, chunk, outcome));
        }
        return records;
    }

    /** One of its own, because builders are for one thread. */
    private UpdateBuilder builder() {
        return UpdateBuilder.forTrajectory(manifest, layout, form);
    }

    @Override
    public void close() {
        try {
            resources.close();
        } catch (Exception e) {
            throw new IllegalStateException("the evaluation could not be closed", e);
        }
    }
}
