package io.lossledger.producer.dl4j;

import io.lossledger.producer.LedgerRecorder;
import io.lossledger.producer.MeasuredSegments;
import io.lossledger.producer.ProducerMetrics;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.SegmentWork;
import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.evaluate.SampleSource;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.layout.NetworkRequirements;
import io.lossledger.producer.measure.LedgerObjective;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.producer.trajectory.DeclaredObjective;
import io.lossledger.producer.trajectory.RecordedSegments;
import io.lossledger.producer.trajectory.TrajectorySettings;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Describes the ledger of a training run and attaches it to a network. The defaults are one RK4 step in float32 for
 * every optimizer step, one evaluation thread per processor, and an evaluator chosen for the network. Training waits
 * when measuring falls behind. Not thread-safe.
 */
public final class LedgerBuilder {

    private static final String NOT_ATTACHED = "The ledger could not be attached";

    private PublisherSettings publishing;
    private MeasureSettings measure = MeasureSettings.DEFAULT;
    private RecordSettings recording = RecordSettings.DEFAULT;
    private final RunManifest.Builder manifest = RunManifest.newBuilder();
    private final List<Wanted> objectives = new ArrayList<>();
    private Consumer<StepUpdate> observer = step -> {};
    private @Nullable TrajectorySettings trajectory;
    private Consumer<TrainedSegment> recorded = segment -> {};
    private int threads = Runtime.getRuntime().availableProcessors();
    private EvaluatorChoice evaluator = EvaluatorChoice.AUTO;
    private boolean verifyEvaluator = true;
    private int chunkExamples = EvaluationPool.CHUNK_EXAMPLES;
    private boolean parts;
    private boolean endAtShutdown = true;
    private @Nullable MeterRegistry registry;

    LedgerBuilder(Map<String, Object> kafka) {
        publishing = new PublisherSettings(
                "lossledger.", PublisherSettings.DEFAULT_CHUNK_BYTES, PublisherSettings.DEFAULT_PATIENCE, kafka);
    }

    /** The id of the run, {@code [A-Za-z0-9._-]{1,64}}, new in this Kafka. */
    public LedgerBuilder run(String id) {
        manifest.setRun(id);
        return this;
    }

    /** Measures the mean loss over the training set; the data are copied. */
    public LedgerBuilder train(DataSet data) {
        return objective("train", data);
    }

    /** Measures the mean loss over a fixed data set, mask arrays included; the data are copied. */
    public LedgerBuilder objective(String name, DataSet data) {
        return add(
                pool -> List.of(pool.objective(name, 1, data)),
                () -> new DeclaredObjective(name, 1, data.numExamples()));
    }

    /** Measures the mean loss of a network with several inputs or outputs over a fixed data set; the data are copied. */
    public LedgerBuilder objective(String name, MultiDataSet data) {
        return add(
                pool -> List.of(pool.objective(name, 1, data)),
                () -> new DeclaredObjective(
                        name, 1, Math.toIntExact(data.getFeatures(0).size(0))));
    }

    /** Estimates the mean loss over a set on a new sample for each step. */
    public LedgerBuilder sampled(String name, SampleSource source) {
        return add(pool -> List.of(pool.sampled(name, 1, source)), () -> notRecorded("the sampled objective " + name));
    }

    /** Measures your own objective, or one that the pool creates. */
    public LedgerBuilder objective(Function<EvaluationPool, LedgerObjective> objective) {
        return objectives(pool -> List.of(objective.apply(pool)));
    }

    /** Measures several objectives of your own, or from the pool. */
    public LedgerBuilder objectives(Function<EvaluationPool, List<LedgerObjective>> several) {
        return add(several, () -> notRecorded("a function of the evaluation pool"));
    }

    /** An objective: how it is measured, and what a recorded run says about it. */
    private record Wanted(
            Function<EvaluationPool, List<LedgerObjective>> measured, Supplier<DeclaredObjective> declared) {}

    private LedgerBuilder add(
            Function<EvaluationPool, List<LedgerObjective>> measured, Supplier<DeclaredObjective> declared) {
        objectives.add(new Wanted(measured, declared));
        return this;
    }

    private static DeclaredObjective notRecorded(String found) {
        throw new IllegalArgumentException(
                "objective: must be over fixed data when a training is recorded, because workers measure it. Found: "
                        + found);
    }

    /** Records, as {@link #record(TrajectorySettings)} does, without a word about the data. */
    public LedgerBuilder record() {
        return record(TrajectorySettings.NONE);
    }

    /**
     * Records the training instead of measuring it: sends the parameters before each step to the topic {@code trajectory}, 4 bytes a
     * parameter in float32, and evaluates nothing. Workers ({@code lossledger measure}) evaluate the objectives that are declared here
     * or given with their data, which are not copied. Settings of threads and evaluators have no effect, nor has {@link #observer}.
     * {@link #attach} refuses parts and sampled objectives.
     */
    public LedgerBuilder record(TrajectorySettings settings) {
        trajectory = settings;
        return this;
    }

    /** An observer that receives each recorded segment, on the ledger's thread. */
    public LedgerBuilder recorded(Consumer<TrainedSegment> next) {
        recorded = next;
        return this;
    }

    /** Splits every update into the parts of gradient, momentum and weight decay, and books each. */
    public LedgerBuilder parts() {
        parts = true;
        return this;
    }

    public LedgerBuilder measure(MeasureSettings settings) {
        measure = settings;
        return this;
    }

    public LedgerBuilder recording(RecordSettings settings) {
        recording = settings;
        return this;
    }

    public LedgerBuilder publishing(PublisherSettings settings) {
        publishing = settings;
        return this;
    }

    /** The number of evaluation threads, at least 1. */
    public LedgerBuilder threads(int count) {
        threads = count;
        return this;
    }

    /** What evaluates losses and gradients. */
    public LedgerBuilder evaluator(EvaluatorChoice choice) {
        evaluator = choice;
        return this;
    }

    /**
     * The number of examples evaluated together, at least 1; {@value EvaluationPool#CHUNK_EXAMPLES} by default. If the
     * network has batch norm, this is the batch of the batch statistics, and so part of every objective's definition.
     */
    public LedgerBuilder chunkExamples(int examples) {
        chunkExamples = examples;
        return this;
    }

    /**
     * Whether {@link #attach} checks gradients on a few examples: DL4J's against finite differences of the loss, and
     * any other evaluator's against DL4J's.
     */
    public LedgerBuilder verifyEvaluator(boolean verify) {
        verifyEvaluator = verify;
        return this;
    }

    /**
     * The optimizer steps that the training is going to take from its first one on, so that readers can show its
     * progress; unknown by default.
     *
     * @throws IllegalArgumentException when it is below 1
     */
    public LedgerBuilder plannedSteps(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("plannedSteps: must be at least 1. Found: " + steps);
        }
        manifest.setPlannedSteps(steps);
        return this;
    }

    /** Facts for the run's manifest: data set, optimizer, seed, parent run. The ledger fills in the rest. */
    public LedgerBuilder manifest(Consumer<RunManifest.Builder> facts) {
        facts.accept(manifest);
        return this;
    }

    /** An observer that receives each measured step, on the ledger's thread. */
    public LedgerBuilder observer(Consumer<StepUpdate> next) {
        observer = next;
        return this;
    }

    /** Registers the trainer's metrics of {@link io.lossledger.protocol.LedgerMetric} until the ledger is closed. */
    public LedgerBuilder metrics(MeterRegistry meters) {
        registry = meters;
        return this;
    }

    /**
     * Whether the ledger, if still open when the JVM shuts down, ends its run as interrupted; true by default. Set it
     * to false if the training itself stops at shutdown and closes the ledger with its last step.
     */
    public LedgerBuilder endAtShutdown(boolean end) {
        endAtShutdown = end;
        return this;
    }

    /**
     * Attaches the ledger: opens the run and listens to the training of the network.
     *
     * @param network a {@code MultiLayerNetwork} or {@code ComputationGraph}, initialised
     * @throws IllegalArgumentException when a setting is wrong, the network cannot be measured, the run exists, or a
     *     topic does not exist
     * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
     */
    public LossLedger attach(Model network) {
        return attach(network, run -> LedgerPublisher.open(publishing, run.manifest(), run.layout()));
    }

    /** The settings of the publisher. */
    record Run(RunManifest manifest, ModelLayout layout) {}

    /** What attaching has prepared, before the run is opened. */
    private record Prepared(
            RunManifest manifest,
            Optional<EvaluationPool> pool,
            Optional<UpdateSplitter> splitter,
            Function<LedgerPublisher, SegmentWork> work) {}

    LossLedger attach(Model network, Function<Run, LedgerPublisher> publishers) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            NetworkRequirements.check(network);
            ModelLayout layout = NetworkLayout.of(network);
            Prepared prepared =
                    trajectory == null ? measuring(network, layout, opened) : recording(network, trajectory);
            LedgerPublisher publisher = publishers.apply(new Run(prepared.manifest(), layout));
            opened.push(publisher);
            opened.push(() -> publisher.finish(RunStatus.RUN_STATUS_FAILED, recording.firstStep(), NOT_ATTACHED));
            LedgerRecorder recorder =
                    new LedgerRecorder(publisher, prepared.work().apply(publisher), recording);
            opened.push(recorder);
            opened.push(() -> recorder.finish(RunStatus.RUN_STATUS_FAILED, recording.firstStep(), NOT_ATTACHED));
            ProducerMetrics metrics = recorder.metrics();
            opened.push(metrics);
            if (registry != null) {
                metrics.bindTo(registry);
            }
            LedgerListener listener = new LedgerListener(network, recorder, recording, prepared.splitter());
            return new LossLedger(network, listener, recorder, metrics, prepared.pool(), endAtShutdown);
        } catch (RuntimeException | Error e) {
            closeAll(opened, e);
            throw e;
        }
    }

    /**
     * Records saved networks instead of a training: the segments of the run are the chords from each network to the next. The run
     * ends; workers measure it.
     *
     * @throws IOException when a file cannot be read
     * @throws IllegalArgumentException when a setting is wrong, the networks differ, the run exists, or a topic does not exist
     * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
     */
    public PublishReport record(Checkpoints checkpoints) throws IOException {
        recording = new RecordSettings(
                checkpoints.firstStep(), checkpoints.every(), recording.queueSegments(), recording.whenBehind());
        Model first = Checkpoints.load(checkpoints.files().get(0));
        NetworkRequirements.check(first);
        Prepared prepared = recording(first, trajectory == null ? TrajectorySettings.NONE : trajectory);
        try (LedgerPublisher publisher =
                LedgerPublisher.open(publishing, prepared.manifest(), NetworkLayout.of(first))) {
            SegmentWork work = prepared.work().apply(publisher);
            try {
                checkpoints.sendTo(work);
            } catch (IOException | RuntimeException | Error e) {
                publisher.finish(RunStatus.RUN_STATUS_FAILED, checkpoints.firstStep(), String.valueOf(e.getMessage()));
                throw e;
            }
            int end = checkpoints.step(checkpoints.files().size() - 1);
            work.end(end);
            return publisher.finish(RunStatus.RUN_STATUS_FINISHED, end, "");
        }
    }

    private Prepared measuring(Model network, ModelLayout layout, Deque<AutoCloseable> opened) {
        EvaluationPool pool =
                new EvaluationPool(network, threads, measure.type(), evaluator, verifyEvaluator, chunkExamples);
        opened.push(pool);
        List<LedgerObjective> measured = new ArrayList<>();
        objectives.forEach(several -> measured.addAll(several.measured().apply(pool)));
        StepMeasurer measurer = new StepMeasurer(measured, layout, measure);
        Optional<UpdateSplitter> splitter = parts ? Optional.of(new UpdateSplitter(network)) : Optional.empty();
        RunManifest.Builder facts = manifest.clone(); // the builder may attach again
        ManifestFacts.fill(facts, network, measured, measure, recording);
        pool.evaluatorName().ifPresent(facts::setEvaluator);
        boolean dataLossOnly = TrainingLoss.isDataLoss(network);
        return new Prepared(
                facts.build(),
                Optional.of(pool),
                splitter,
                publisher -> new MeasuredSegments(publisher, measurer, dataLossOnly, observer));
    }

    private Prepared recording(Model network, TrajectorySettings settings) {
        if (parts) {
            throw new IllegalArgumentException("parts: must not be used when a training is recorded, because only its"
                    + " own machine can split updates. Found: parts()");
        }
        List<DeclaredObjective> declared = new ArrayList<>(settings.objectives());
        objectives.forEach(one -> declared.add(one.declared().get()));
        if (!declared.isEmpty()) {
            StepMeasurer.require(declared.stream().map(DeclaredObjective::name).toList(), measure);
        }
        RunManifest.Builder facts = manifest.clone();
        ManifestFacts.fill(facts, network, List.of(), measure, recording);
        TrajectoryFacts.fill(
                facts,
                network,
                new TrajectorySettings(settings.dataFingerprint(), settings.objectiveExamples(), declared),
                measure,
                chunkExamples,
                publishing.chunkBytes());
        return new Prepared(
                facts.build(),
                Optional.empty(),
                Optional.empty(),
                publisher -> new RecordedSegments(publisher, recorded));
    }

    private static void closeAll(Deque<AutoCloseable> opened, Throwable cause) {
        for (AutoCloseable one : opened) {
            try {
                one.close();
            } catch (Exception e) { // the first failure is the one that is thrown
                cause.addSuppressed(e);
            }
        }
    }
}
