package io.lossledger.producer.dl4j;

import io.lossledger.producer.LedgerRecorder;
import io.lossledger.producer.PublishReport;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.SkipReason;
import io.lossledger.producer.TrainedSegment;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the training of a network into segments of one or more optimizer steps and hands them to a recorder, which measures
 * them beside the training. {@link LossLedger} attaches it. The network is only read: training takes the same course, to the
 * bit, with and without the listener.
 *
 * <p>A segment is handed over when the step after it begins, because DL4J applies constraints after its last callback; the last
 * one by {@link #finish}. What happens between the steps is noticed there, and not booked to the optimizer:
 *
 * <ul>
 *   <li>DL4J's iteration count says how many steps were trained without the listener (somebody called {@code setListeners}).
 *       They are missing, and a new segment begins.
 *   <li>Parameters that are not those the last step ended with were set by somebody: a new segment begins, with a warning among
 *       its facts. Not where the network has constraints, which move parameters there too.
 *   <li>Calls of another network (the copies that ParallelWrapper trains) are not booked, nor is anything after the first of
 *       them, and the run ends as failed.
 * </ul>
 *
 * <p>Memory, for K parameters: 16K bytes. Used by the training thread alone, but that copies of other threads may call it.
 */
final class LedgerListener extends BaseTrainingListener {
    static final String PARAMETERS_SET =
            "The parameters were set from outside before this step; that change is not booked";
    static final String OTHER_NETWORK =
            "The ledger was called by another network than the one that it is attached to, as by"
                    + " ParallelWrapper, which trains copies. Their steps are not booked. Train the network itself with fit()";

    private final Model network;
    private final LedgerRecorder recorder;
    private final int every;
    private final boolean hasConstraints;
    private final Optional<UpdateSplitter> splitter;
    private int nextStep;
    private int nextIteration;
    private int stepsSinceStart;
    private double @Nullable [] start;
    /** What the last update ended with. */
    private double[] end = {};
    /** Whether there was an update since the last gradient. */
    private boolean updated;

    private StepFacts facts = StepFacts.getDefaultInstance();
    private String warning = "";
    private volatile boolean calledByOther;

    LedgerListener(Model network, LedgerRecorder recorder, RecordSettings settings, Optional<UpdateSplitter> splitter) {
        this.network = network;
        this.recorder = recorder;
        this.every = settings.every();
        this.hasConstraints =
                PlacedLayer.of(network).stream().anyMatch(placed -> LayerKind.isConstrained(placed.layer()));
        this.splitter = splitter;
        this.nextStep = settings.firstStep();
        this.nextIteration = iteration(network);
    }

    /**
     * Called by DL4J between the backward pass and the update: the parameters are those the last step ended with. Optimizers
     * with a line search call it more than once a step.
     */
    @Override
    public void onGradientCalculation(Model model) {
        if (isOther(model)) {
            return;
        }
        if (start == null || updated) {
            updated = false;
            begin(FlatArrays.toDoubles(model.params()), iteration(model));
        }
        splitter.ifPresent(UpdateSplitter::beforeUpdate);
    }

    /** Called by DL4J after the update. */
    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (isOther(model)) {
            return;
        }
        splitter.ifPresent(UpdateSplitter::afterUpdate);
        StepFacts.Builder done = StepFacts.newBuilder()
                .setMinibatchLoss(model.score())
                .setExamples(model.batchSize())
                .setTime(Timestamps.fromMillis(System.currentTimeMillis()))
                .setWarning(warning);
        Double rate = learningRate(model);
        if (rate != null) {
            done.setLearningRate(rate);
        }
        facts = done.build();
        end = FlatArrays.toDoubles(model.params());
        updated = true;
        nextIteration = iteration + 1;
        nextStep++;
        stepsSinceStart++;
    }

    /**
     * Hands over what is left, ends the run and waits until everything is sent.
     *
     * @param failure why the run failed; empty when it did not
     */
    PublishReport finish(RunStatus outcome, String failure) {
        int unseen = Math.max(0, iteration(network) - nextIteration);
        if (unseen == 0 && hasConstraints) {
            end = FlatArrays.toDoubles(network.params());
        }
        if (start == null && unseen == 0) {
            recorder.warn("No training step was seen between attach() and finish()");
        }
        close(unseen);
        if (calledByOther && outcome != RunStatus.RUN_STATUS_FAILED) {
            return recorder.finish(RunStatus.RUN_STATUS_FAILED, nextStep, OTHER_NETWORK);
        }
        return recorder.finish(outcome, nextStep, failure);
    }

    /** The first gradient of a step. */
    private void begin(double[] now, int iteration) {
        int unseen = Math.max(0, iteration - nextIteration);
        boolean set = start != null && unseen == 0 && !hasConstraints && !Arrays.equals(now, end);
        if (start == null || unseen > 0 || set) {
            close(unseen);
            start = now;
            warning = set ? PARAMETERS_SET : "";
            if (set) {
                recorder.warn("Step " + nextStep + ": " + PARAMETERS_SET);
            }
        } else if (stepsSinceStart >= every) {
            record(now);
        }
    }

    /** Ends the segment where the last update did, and counts steps that were trained since without the listener. */
    private void close(int unseen) {
        int lost = unseen;
        if (stepsSinceStart > 0 && unseen > 0 && hasConstraints) {
            lost += stepsSinceStart; // where they ended is not known: constraints came after them
            stepsSinceStart = 0;
        } else if (stepsSinceStart > 0) {
            record(end);
        }
        if (lost > 0) {
            recorder.warn("Steps " + (nextStep - (lost - unseen)) + " to " + (nextStep + unseen - 1)
                    + " were trained without the ledger's listener, as after setListeners(), and are missing."
                    + " addListeners() leaves it attached");
            recorder.skip(lost, SkipReason.UNSEEN);
            nextStep += unseen;
        }
    }

    private void record(double[] to) {
        double[] from = Objects.requireNonNull(start);
        Map<String, double[]> parts =
                splitter.map(split -> split.take(from, to)).orElse(Map.of());
        recorder.record(new TrainedSegment(nextStep - 1, stepsSinceStart, from, to, parts, facts));
        start = to;
        stepsSinceStart = 0;
        warning = "";
    }

    private boolean isOther(Model model) {
        if (model != network && model instanceof NeuralNetwork && !calledByOther) {
            calledByOther = true;
            recorder.warn(OTHER_NETWORK);
        }
        return model != network || calledByOther; // a layer in unsupervised training, too
    }

    private static int iteration(Model model) {
        return model instanceof ComputationGraph graph
                ? graph.getConfiguration().getIterationCount()
                : ((MultiLayerNetwork) model).getIterationCount();
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
