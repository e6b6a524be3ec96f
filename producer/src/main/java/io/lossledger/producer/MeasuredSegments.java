package io.lossledger.producer;

import io.lossledger.producer.measure.MeasureTiming;
import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures segments and publishes them as updates. Memory, for K parameters: (splits + 1) gradients and some vectors of the
 * element type, and the publisher's unsent records. Used by the recorder's thread, except for {@link #missed} and {@link #timing}.
 */
public final class MeasuredSegments implements SegmentWork {
    private static final Logger log = LoggerFactory.getLogger(MeasuredSegments.class);

    private final LedgerPublisher publisher;
    private final StepMeasurer measurer;
    private final Optional<LossComparison> comparison;
    private final Consumer<StepUpdate> observer;

    /**
     * @param dataLossOnly whether the loss of a minibatch depends on the data alone (no dropout, L1, L2 or batch
     *     statistics), so that it can be compared with the objective {@code train}
     * @param observer receives each measured step
     */
    public MeasuredSegments(
            LedgerPublisher publisher, StepMeasurer measurer, boolean dataLossOnly, Consumer<StepUpdate> observer) {
        this.publisher = publisher;
        this.measurer = measurer;
        this.comparison = dataLossOnly ? Optional.of(new LossComparison()) : Optional.empty();
        this.observer = observer;
    }

    @Override
    public void take(TrainedSegment segment) {
        StepUpdate update = compared(measurer.measure(segment));
        publisher.publish(update);
        try {
            observer.accept(update);
        } catch (RuntimeException | Error e) { // the step is sent
            log.warn("The observer of measured steps failed at step {}", segment.step(), e);
        }
    }

    @Override
    public void missed(TrainedSegment segment, SkipReason reason) {
        publisher.skip(segment.stepsCovered(), reason);
    }

    @Override
    public MeasureTiming timing() {
        return measurer.timing();
    }

    private StepUpdate compared(StepUpdate update) {
        Optional<String> doubt = comparison.flatMap(losses -> losses.enter(update));
        doubt.ifPresent(publisher::warn);
        return doubt.isPresent() && update.facts().getWarning().isEmpty() ? update.withWarning(doubt.get()) : update;
    }
}
