package io.lossledger.trainer;

import io.lossledger.producer.dl4j.LedgerBuilder;
import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.producer.trajectory.TrajectorySettings;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains one network on one data set, once, and measures or records its steps. {@link #stop} may be called from any thread. */
public final class Trainer {
    private final TrainSettings settings;
    private final PublisherSettings publishing;
    private final Optional<MeterRegistry> registry;
    private Consumer<Extent> announced = extent -> {};
    private Consumer<TrainedSegment> recorded = segment -> {};
    private int trained;
    private volatile boolean stopped;

    public Trainer(TrainSettings settings, PublisherSettings publishing) {
        this(settings, publishing, Optional.empty());
    }

    /** @param registry registry of the metrics during the training */
    public Trainer(TrainSettings settings, PublisherSettings publishing, Optional<MeterRegistry> registry) {
        this.registry = registry;
        this.settings = settings;
        this.publishing = publishing;
    }

    /**
     * How much a run measures.
     *
     * @param steps steps that are measured if none is skipped
     * @param objectives number of objectives
     * @param parameters booked parameters
     */
    public record Extent(int steps, int objectives, long parameters) {}

    /** Calls back with the extent of the run just before its first step. */
    public void announce(Consumer<Extent> listener) {
        announced = listener;
    }

    /** Calls back with each segment of a training that is recorded, on another thread, instead of the observer of measured steps. */
    public void onRecorded(Consumer<TrainedSegment> listener) {
        recorded = listener;
    }

    /**
     * Trains until all steps are done or {@link #stop} is called, and closes the run in the ledger as finished,
     * interrupted or failed.
     *
     * @param observer receives each measured step, on another thread; not after this method has returned
     * @return what was sent
     * @throws IOException when the data set or checkpoint cannot be read, or the checkpoint cannot be written
     * @throws ArithmeticException when the loss is no longer a finite number
     */
    public PublishReport run(Consumer<StepUpdate> observer) throws IOException {
        TrainingSet data = TrainingSet.load(settings);
        Model network = Networks.create(settings.model(), data.train(), settings.seed());
        RunManifest.Builder facts = facts(data);
        if (settings.resume().isPresent()) {
            resume(settings.resume().get(), network, facts);
        }
        data.skip(facts.getFirstStep());
        PublishReport report;
        try (LossLedger ledger = describe(data, facts, observer).attach(network)) {
            int every = settings.recording().every();
            announced.accept(new Extent(
                    (settings.steps() + every - 1) / every,
                    settings.objectives().count(data),
                    NetworkLayout.of(network).parameters()));
            report = train(network, data, facts.getFirstStep(), ledger);
        }
        if (settings.save().isPresent() && trained > 0) {
            facts.setLastStep(facts.getFirstStep() + trained - 1);
            new Checkpoint(network, facts.build()).save(settings.save().get());
        }
        return report;
    }

    /** Stops the training after the current step. */
    public void stop() {
        stopped = true;
    }

    private void resume(Path file, Model network, RunManifest.Builder facts) throws IOException {
        Checkpoint checkpoint = Checkpoint.load(file, network instanceof ComputationGraph);
        // The minibatches would otherwise differ from those of an uninterrupted training.
        Checkpoint.requireSame("seed", checkpoint.run().getSeed(), facts.getSeed());
        Checkpoint.requireSame("batch-size", checkpoint.run().getBatchSize(), facts.getBatchSize());
        Checkpoint.requireSame("data", checkpoint.run().getDataSet(), facts.getDataSet());
        checkpoint.restoreTo(network);
        facts.setFirstStep(checkpoint.nextStep())
                .setParentRun(checkpoint.run().getRun())
                .setParentStep(checkpoint.run().getLastStep());
    }

    private PublishReport train(Model network, TrainingSet data, int firstStep, LossLedger ledger) {
        try {
            while (trained < settings.steps() && !stopped) {
                ((NeuralNetwork) network).fit(data.nextBatch());
                if (!Double.isFinite(network.score())) {
                    throw new ArithmeticException("the loss of step " + (firstStep + trained)
                            + " is not a finite number: " + network.score());
                }
                trained++;
            }
        } catch (RuntimeException | Error e) { // running out of native memory is an Error
            ledger.finish(RunStatus.RUN_STATUS_FAILED, String.valueOf(e.getMessage()));
            throw e;
        }
        return ledger.finish(stopped ? RunStatus.RUN_STATUS_INTERRUPTED : RunStatus.RUN_STATUS_FINISHED, "");
    }

    private RunManifest.Builder facts(TrainingSet data) {
        return RunManifest.newBuilder()
                .setRun(settings.run())
                .setModel(Networks.describe(settings.model(), data.train()))
                .setDataSet(data.name())
                .setOptimizer(settings.model().describe())
                .setBatchSize(settings.batchSize())
                .setSeed(settings.seed())
                .setPlannedSteps(settings.steps());
    }

    private LedgerBuilder describe(TrainingSet data, RunManifest.Builder facts, Consumer<StepUpdate> observer) {
        LedgerBuilder ledger = LossLedger.to(publishing.kafka())
                .publishing(publishing)
                .measure(settings.measure())
                .recording(settings.recording().withFirstStep(facts.getFirstStep()))
                .threads(settings.threads())
                .evaluator(settings.evaluator())
                .verifyEvaluator(settings.verifyEvaluator())
                .chunkExamples(settings.chunkExamples())
                .endAtShutdown(false) // the caller of a trainer stops it
                .observer(observer)
                .recorded(recorded)
                .manifest(manifest -> manifest.mergeFrom(facts.build()));
        registry.ifPresent(ledger::metrics);
        if (settings.record()) {
            return ledger.record(new TrajectorySettings(
                    data.fingerprint(),
                    settings.objectiveSize(),
                    settings.objectives().declared(data, settings.objectiveSize(), settings.seed())));
        }
        ledger.objectives(pool -> settings.objectives()
                .over(data, settings.objectiveSize(), settings.sampleSize(), settings.seed(), pool));
        return settings.parts() ? ledger.parts() : ledger;
    }
}
