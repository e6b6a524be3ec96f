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
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures every optimizer step of a network in training and sends it to the ledger. Attach it with
 * {@code network.addListeners(listener)} and {@linkplain #finish finish} it after training.
 *
 * <p>A step is measured when the next one begins, because only then are its parameters final (DL4J applies constraints
 * after its last callback); the last step is measured by {@link #finish}. The training thread waits for the evaluation.
 * The network is only read: training takes the same course, to the bit, with and without the listener. An evaluation that
 * fails costs that step, not the training: it is logged and shows as missing.
 *
 * <p>Used by the training thread alone.
 */
public final class LedgerListener extends BaseTrainingListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerListener.class);

    private final LedgerPublisher publisher;
    private final ElementType type;
    private final List<Objective> objectives;
    private final List<SegmentMeasurer> measurers = new ArrayList<>();
    private final Consumer<StepUpdate> observer;
    private int step;
    private double @Nullable [] start;
    private @Nullable StepFacts facts;

    /**
     * Makes a listener that owns the publisher and the objectives and closes them.
     *
     * @param firstStep number of the first optimizer step; 0 unless a training is resumed
     * @param splits splits of a segment: 2 is RK4
     * @param type precision of the evaluation and of what is sent
     * @param observer told of each measured step, on the training thread
     */
    public LedgerListener(
            LedgerPublisher publisher,
            List<Objective> objectives,
            int firstStep,
            int splits,
            ElementType type,
            Consumer<StepUpdate> observer) {
        this.publisher = publisher;
        this.objectives = List.copyOf(objectives);
        this.type = type;
        this.observer = observer;
        this.step = firstStep;
        for (Objective objective : objectives) {
            measurers.add(new SegmentMeasurer(objective, type, splits));
        }
    }

    /** Called by DL4J between the backward pass and the update: the parameters are those the last step ended with. */
    @Override
    public void onGradientCalculation(Model model) {
        double[] parameters = FlatArrays.toDoubles(model.params());
        measurePending(parameters);
        start = parameters;
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
    }

    /**
     * Measures the last step, ends the run and waits until everything is sent.
     *
     * @param failure why the run failed; empty when it did not
     */
    public PublishReport finish(Model model, RunStatus outcome, String failure) {
        measurePending(FlatArrays.toDoubles(model.params()));
        return publisher.finish(outcome, step, failure);
    }

    /** What has been sent so far. */
    public PublishReport report() {
        return publisher.report();
    }

    @Override
    public void close() {
        objectives.forEach(Objective::close);
        publisher.close();
    }

    private void measurePending(double[] end) {
        double[] from = start;
        StepFacts done = facts;
        if (from == null || done == null) {
            return; // no step has ended yet
        }
        int measured = step;
        step++;
        facts = null;
        try {
            List<ObjectiveStep> results = new ArrayList<>();
            for (SegmentMeasurer measurer : measurers) {
                results.add(measurer.measure(from, end));
            }
            StepUpdate update = new StepUpdate(measured, 1, FlatVector.of(type, difference(from, end)), results, done);
            publisher.publish(update);
            observer.accept(update);
        } catch (RuntimeException e) {
            log.warn("Step {} could not be measured and will be missing", measured, e);
        }
    }

    private static double[] difference(double[] from, double[] to) {
        double[] difference = new double[from.length];
        for (int i = 0; i < from.length; i++) {
            difference[i] = to[i] - from[i];
        }
        return difference;
    }
}
