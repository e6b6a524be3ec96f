package io.lossledger.producer;

import io.lossledger.producer.measure.MeasureTiming;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.step.TrainedSegment;

/** What a recorder does with the segments of a training: measure them, or send their points. */
public interface SegmentWork {
    /** Works on the next segment; called on the recorder's thread. What it throws is logged, and the training goes on. */
    void take(TrainedSegment segment);

    /**
     * A segment finds no room in the queue, or its work failed. In the first case, segments before it may still be taken.
     * May be called on any thread.
     */
    void missed(TrainedSegment segment, SkipReason reason);

    /**
     * No further segment follows; called after the last one was taken, just before the run ends.
     *
     * @param stepsTrained the step after the last one trained
     */
    default void end(int stepsTrained) {}

    /** What gradients have cost so far. May be called on any thread. */
    MeasureTiming timing();
}
