package io.lossledger.producer.dl4j;

import com.google.protobuf.util.Timestamps;
import io.lossledger.producer.FlatVector;
import io.lossledger.producer.LedgerPublisher;
import io.lossledger.producer.Objective;
import io.lossledger.producer.ObjectiveStep;
import io.lossledger.producer.PublishReport;
import io.lossledger.producer.SegmentMeasurer;
import io.lossledger.producer.StepUpdate;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the optimizer steps of a network in training, one by one or several at a time, and sends it to the ledger. Attach it with
 * {@code network.addListeners(listener)} and {@linkplain #finish finish} it after training.
 *
 * <p>A segment is measured when the step after it begins, because only then are its parameters final (DL4J applies
 * constraints after its last callback); the last one is measured by {@link #finish}. The training thread waits for the
 * evaluation. The network is only read: training takes the same course, to the bit, with and without the listener. An
 * evaluation that fails costs that segment, not the training: it is logged and shows as missing.
 *
 * <p>Used by the training thread alone.
 */
public final class LedgerListener extends BaseTrainingListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerListener.class);

    private final LedgerPublisher publisher;
    private final ElementType type;
    private final int every;
    private final List<SegmentMeasurer> measurers = new ArrayList<>();
    private final Consumer<StepUpdate> observer;
    private int nextStep;
    private int stepsSinceStart;
    private double @Nullable [] start;
    private StepFacts facts = StepFacts.getDefaultInstance();

    /**
     * Makes a listener that owns the publisher and closes it.
     *
     * @param firstStep number of the first optimizer step; 0 unless a training is resumed
     * @param every optimizer steps that a segment spans, at least 1; its chord balances all the same
     * @param splits splits of a segment: 2 is RK4
     * @param type precision of the evaluation and of what is sent
     * @param observer told of each measured step, on the training thread
     */
    public LedgerListener(
            LedgerPublisher publisher,
            List<Objective> objectives,
            int firstStep,
            int every,
            int splits,
            ElementType type,
            Consumer<StepUpdate> observer) {
        this.publisher = publisher;
        if (every < 1) {
            throw new IllegalArgumentException("every: must be at least 1. Found: " + every);
        }
        this.every = every;
        this.type = type;
        this.observer = observer;
        this.nextStep = firstStep;
        for (Objective objective : objectives) {
            measurers.add(new SegmentMeasurer(objective, type, splits));
        }
    }

    /** Called by DL4J between the backward pass and the update: the parameters are those the last step ended with. */
    @Override
    public void onGradientCalculation(Model model) {
        if (start == null) {
            start = FlatArrays.toDoubles(model.params());
        } else if (stepsSinceStart >= every) {
            measure(FlatArrays.toDoubles(model.params()));
        }
    }

    /** Called by DL4J after the update. */
    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        StepFacts.Builder done = StepFacts.newBuilder()
                .setMinibatchLoss(model.score())
                .setExamples(model.batchSize())
                .setTime(Timestamps.fromMillis(System.currentTimeMillis()));
        if (model instanceof MultiLayerNetwork network) {
            Double rate = network.getLearningRate(0);
            if (rate != null) {
                done.setLearningRate(rate);
            }
        }
        facts = done.build();
        nextStep++;
        stepsSinceStart++;
    }

    /**
     * Measures what is left, ends the run and waits until everything is sent.
     *
     * @param failure why the run failed; empty when it did not
     */
    public PublishReport finish(Model model, RunStatus outcome, String failure) {
        if (stepsSinceStart > 0) {
            measure(FlatArrays.toDoubles(model.params()));
        }
        return publisher.finish(outcome, nextStep, failure);
    }

    @Override
    public void close() {
        publisher.close();
    }

    private void measure(double[] end) {
        double[] from = Objects.requireNonNull(start);
        int covered = stepsSinceStart;
        start = end;
        stepsSinceStart = 0;
        StepUpdate update;
        try {
            List<ObjectiveStep> results = new ArrayList<>();
            for (SegmentMeasurer measurer : measurers) {
                results.add(measurer.measure(from, end));
            }
            update = new StepUpdate(nextStep - 1, covered, FlatVector.of(type, difference(from, end)), results, facts);
            publisher.publish(update);
        } catch (RuntimeException e) {
            log.warn("Step {} could not be measured and will be missing", nextStep - 1, e);
            return;
        }
        observer.accept(update);
    }

    private static double[] difference(double[] from, double[] to) {
        double[] difference = new double[from.length];
        for (int i = 0; i < from.length; i++) {
            difference[i] = to[i] - from[i];
        }
        return difference;
    }
}
