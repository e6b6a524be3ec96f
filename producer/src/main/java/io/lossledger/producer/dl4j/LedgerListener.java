package io.lossledger.producer.dl4j;

import io.lossledger.producer.LedgerRecorder;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.layout.LayerKind;
import io.lossledger.producer.layout.PlacedLayer;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the training of a network into segments of one or more optimizer steps and hands them to a recorder, which
 * measures or sends them in parallel with the training. {@link LossLedger} attaches it. It only reads the network: training is
 * the same, to the bit, with and without the listener, and no failure here affects it.
 *
 * <p>Segments end at multiples of their length, counted from the first step. So the first one after a gap may be shorter.
 *
 * <p>A segment is handed over when the next step begins, because DL4J applies constraints after its last callback;
 * {@link #finish} hands over the last one. At that point the listener detects what happened between the steps, which is
 * not booked to the optimizer:
 *
 * <ul>
 * <li>DL4J's iteration count shows how many steps were trained without the listener, for example after {@code
 * setListeners}. They are missing, and a new segment begins. If the count was set but the parameters are unchanged, no
 * step is missing.
 * <li>Parameters that differ from those at the end of the last step were set from outside: a new segment begins, with a
 * warning among its facts. This does not apply to networks with constraints, which also change parameters there.
 * <li>Another network that shares the listener, such as a clone, is not booked. If it calls from another thread, as the
 * copies of ParallelWrapper do, nothing after it is booked either, and the run ends as failed.
 * </ul>
 *
 * <p>Memory: up to three vectors in the network's precision, 12K bytes for K parameters in float32. Used by the training thread alone, except that copies on other threads
 * may call it, and any thread may interrupt it.
 */
final class LedgerListener extends BaseTrainingListener {
    static final String PARAMETERS_SET =
            "Parameters were set from outside between two steps; such changes are not booked";
    static final String OTHER_NETWORK =
            "Another network called the ledger, such as a clone that shares the listeners; its steps are not booked";
    static final String COPIES =
            "The ledger was called by copies of the network on other threads, as by ParallelWrapper. Their"
                    + " steps are not booked, nor those after. Train the network itself with fit()";

    private final Model network;
    private final LedgerRecorder recorder;
    private final int every;
    private final int firstStep;
    private final boolean hasConstraints;
    /** Whether the optimizer needs several gradients per step. */
    private final boolean searchesLines;

    private final Optional<UpdateSplitter> splitter;
    private int nextStep;
    private int nextIteration;
    private int stepsSinceStart;
    private @Nullable FlatVector start;
    /** Whether the segment starts elsewhere than the last one ended. */
    private boolean begins;

    /** The parameters after the last update; before the first one, those at attach. */
    private FlatVector end;
    /** Whether there has been an update since the last gradient. */
    private boolean updated;

    private StepFacts facts = StepFacts.getDefaultInstance();
    private String warning = "";
    private volatile Thread trainingThread = Thread.currentThread();
    private volatile boolean calledByCopies;
    private boolean interrupted;

    LedgerListener(Model network, LedgerRecorder recorder, RecordSettings settings, Optional<UpdateSplitter> splitter) {
        this.network = network;
        this.recorder = recorder;
        this.every = settings.every();
        this.hasConstraints =
                PlacedLayer.of(network).stream().anyMatch(placed -> LayerKind.isConstrained(placed.layer()));
        this.searchesLines =
                configuration(network).getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT;
        this.splitter = splitter;
        this.firstStep = settings.firstStep();
        this.nextStep = firstStep;
        this.nextIteration = iteration(network);
        this.end = FlatArrays.copy(network.params());
    }

    /**
     * Called by DL4J between the backward pass and the update: the parameters are those at the end of the last step.
     */
    @Override
    public synchronized void onGradientCalculation(Model model) {
        if (interrupted || isOther(model)) {
            return;
        }
        try {
            if (!searchesLines || start == null || updated) {
                begin(FlatArrays.copy(model.params()), iteration(model));
                updated = false;
            }
            splitter.ifPresent(UpdateSplitter::beforeUpdate);
        } catch (RuntimeException | Error e) {
            lose(e);
        }
    }

    /** Called by DL4J after the update. */
    @Override
    public synchronized void iterationDone(Model model, int iteration, int epoch) {
        if (interrupted || isOther(model)) {
            return;
        }
        nextIteration = iteration + 1;
        nextStep++;
        stepsSinceStart++;
        updated = true;
        try {
            splitter.ifPresent(UpdateSplitter::afterUpdate);
            end = FlatArrays.copy(model.params());
            facts = facts(model);
        } catch (RuntimeException | Error e) {
            lose(e);
        }
    }

    /**
     * Hands over the last segment, ends the run and waits until everything is sent.
     *
     * @param failure why the run failed; empty when it did not
     */
    PublishReport finish(RunStatus outcome, String failure) {
        FlatVector now = FlatArrays.copy(network.params());
        int unseen = unseen(now, iteration(network));
        boolean sawNothing = start == null && stepsSinceStart == 0 && unseen == 0;
        if (sawNothing && outcome == RunStatus.RUN_STATUS_FINISHED) {
            recorder.warn("No training step took place between attach() and finish()");
        }
        if (unseen == 0 && hasConstraints && !calledByCopies) {
            end = now;
        }
        close(unseen);
        return end(outcome, failure);
    }

    /**
     * Does the same from another thread, while the training may continue: the run ends as interrupted with its last
     * complete step. Later steps are ignored.
     */
    PublishReport interrupt() {
        synchronized (this) {
            interrupted = true;
            close(0);
        }
        return end(RunStatus.RUN_STATUS_INTERRUPTED, "");
    }

    private PublishReport end(RunStatus outcome, String failure) {
        if (calledByCopies && outcome != RunStatus.RUN_STATUS_FAILED) {
            return recorder.finish(RunStatus.RUN_STATUS_FAILED, nextStep, COPIES);
        }
        return recorder.finish(outcome, nextStep, failure);
    }

    /** Handles the parameters at the gradient of a step; at the first one if the optimizer does a line search. */
    private void begin(FlatVector now, int iteration) {
        int unseen = unseen(now, iteration);
        boolean set = start != null && unseen == 0 && !hasConstraints && !now.hasElementsOf(last());
        if (start == null || unseen > 0 || set) {
            close(unseen);
            start = now;
            begins = true;
            warning = set ? PARAMETERS_SET : "";
            if (set) {
                recorder.warn(PARAMETERS_SET);
            }
        } else if (stepsSinceStart > 0 && (nextStep - firstStep) % every == 0) {
            record(start, now);
        }
        nextIteration = iteration;
    }

    /** The parameters at the end of the last step. */
    private FlatVector last() {
        return stepsSinceStart > 0 || start == null ? end : start;
    }

    private int unseen(FlatVector now, int iteration) {
        return now.hasElementsOf(last()) ? 0 : Math.max(0, iteration - nextIteration);
    }

    /** Ends the segment at the last update, and counts steps trained since then without the listener. */
    private void close(int unseen) {
        FlatVector from = start;
        boolean endIsUnknown = hasConstraints
                && (unseen > 0 || calledByCopies || interrupted); // constraints came after the last update
        if (stepsSinceStart > 0 && (from == null || endIsUnknown)) {
            recorder.skip(stepsSinceStart, from == null ? SkipReason.FAILED : SkipReason.UNSEEN);
            stepsSinceStart = 0;
        } else if (stepsSinceStart > 0 && from != null) {
            record(from, end);
        }
        if (unseen > 0) {
            recorder.warn("Steps " + nextStep + " to " + (nextStep + unseen - 1)
                    + " were trained without the ledger's listener, as after setListeners(), and are missing."
                    + " addListeners() leaves it attached");
            recorder.skip(unseen, SkipReason.UNSEEN);
            nextStep += unseen;
        }
    }

    private void record(FlatVector from, FlatVector to) {
        Map<String, double[]> parts =
                splitter.map(split -> split.take(from, to)).orElse(Map.of());
        recorder.record(new TrainedSegment(nextStep - 1, stepsSinceStart, from, to, parts, facts, begins));
        start = to;
        begins = false;
        stepsSinceStart = 0;
        warning = "";
    }

    /** Abandons the segment; the next gradient begins a new one. */
    private void lose(Throwable cause) {
        recorder.warn("The ledger failed on the training thread; the step is missing: " + cause);
        start = null;
    }

    private boolean isOther(Model model) {
        if (model == network) {
            trainingThread = Thread.currentThread();
        } else if (model instanceof NeuralNetwork && Thread.currentThread() == trainingThread) {
            recorder.warn(OTHER_NETWORK);
        } else if (model instanceof NeuralNetwork) {
            calledByCopies = true;
            recorder.warn(COPIES);
        }
        return model != network || calledByCopies; // also a layer in unsupervised training
    }

    private StepFacts facts(Model model) {
        StepFacts.Builder done = StepFacts.newBuilder()
                .setMinibatchLoss(model.score())
                .setExamples(model.batchSize())
                .setTime(Timestamps.fromMillis(System.currentTimeMillis()))
                .setWarning(warning);
        Double rate = learningRate(model);
        if (rate != null) {
            done.setLearningRate(rate);
        }
        return done.build();
    }

    private static NeuralNetConfiguration configuration(Model model) {
        return model instanceof ComputationGraph graph
                ? graph.getConfiguration().getDefaultConfiguration()
                : ((MultiLayerNetwork) model).getDefaultConfiguration();
    }

    private static int iteration(Model model) {
        return model instanceof ComputationGraph graph
                ? graph.getConfiguration().getIterationCount()
                : ((MultiLayerNetwork) model).getIterationCount();
    }

    /** The learning rate of the first layer; other layers may have different ones. */
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
