package io.lossledger.producer.dl4j;

import com.google.protobuf.util.Timestamps;
import io.lossledger.producer.LedgerRecorder;
import io.lossledger.producer.PublishReport;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.TrainedSegment;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the training of a network into segments of one or more optimizer steps and hands them to a recorder, which measures
 * them beside the training. {@link LossLedger} attaches it.
 *
 * <p>A segment is handed over when the step after it begins, because only then are its parameters final (DL4J applies
 * constraints after its last callback); the last one by {@link #finish}. The network is only read: training takes the same
 * course, to the bit, with and without the listener.
 *
 * <p>Used by the training thread alone.
 */
final class LedgerListener extends BaseTrainingListener {
    private final LedgerRecorder recorder;
    private final int every;
    private final Optional<UpdateSplitter> splitter;
    private int nextStep;
    private int stepsSinceStart;
    private double @Nullable [] start;
    private StepFacts facts = StepFacts.getDefaultInstance();

    LedgerListener(LedgerRecorder recorder, RecordSettings settings, Optional<UpdateSplitter> splitter) {
        this.recorder = recorder;
        this.every = settings.every();
        this.splitter = splitter;
        this.nextStep = settings.firstStep();
    }

    /** Called by DL4J between the backward pass and the update: the parameters are those the last step ended with. */
    @Override
    public void onGradientCalculation(Model model) {
        if (start == null) {
            start = FlatArrays.toDoubles(model.params());
        } else if (stepsSinceStart >= every) {
            record(FlatArrays.toDoubles(model.params()));
        }
        splitter.ifPresent(UpdateSplitter::beforeUpdate);
    }

    /** Called by DL4J after the update. */
    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        splitter.ifPresent(UpdateSplitter::afterUpdate);
        StepFacts.Builder done = StepFacts.newBuilder()
                .setMinibatchLoss(model.score())
                .setExamples(model.batchSize())
                .setTime(Timestamps.fromMillis(System.currentTimeMillis()));
        Double rate = learningRate(model);
        if (rate != null) {
            done.setLearningRate(rate);
        }
        facts = done.build();
        nextStep++;
        stepsSinceStart++;
    }

    /**
     * Hands over what is left, ends the run and waits until everything is sent.
     *
     * @param failure why the run failed; empty when it did not
     */
    PublishReport finish(Model model, RunStatus outcome, String failure) {
        if (stepsSinceStart > 0) {
            record(FlatArrays.toDoubles(model.params()));
        }
        return recorder.finish(outcome, nextStep, failure);
    }

    private void record(double[] end) {
        double[] from = Objects.requireNonNull(start);
        Map<String, double[]> parts =
                splitter.map(split -> split.take(from, end)).orElse(Map.of());
        recorder.record(new TrainedSegment(nextStep - 1, stepsSinceStart, from, end, parts, facts));
        start = end;
        stepsSinceStart = 0;
    }

    /** Of the first layer; layers may have others. */
    private static @Nullable Double learningRate(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            return network.getLearningRate(0);
        }
        if (model instanceof ComputationGraph graph && graph.getNumLayers() > 0) {
            return graph.getLearningRate(graph.getLayer(0).conf().getLayer().getLayerName());
        }
        return null;
    }
}
