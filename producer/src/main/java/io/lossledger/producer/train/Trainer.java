package io.lossledger.producer.train;

import io.lossledger.producer.LedgerPublisher;
import io.lossledger.producer.Objective;
import io.lossledger.producer.PublishReport;
import io.lossledger.producer.PublisherSettings;
import io.lossledger.producer.StepUpdate;
import io.lossledger.producer.dl4j.EvaluationPool;
import io.lossledger.producer.dl4j.LedgerListener;
import io.lossledger.producer.dl4j.NetworkLayout;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.versioncheck.VersionCheck;

/** Trains one network on one data set and measures every step. {@link #stop} may be called from any thread. */
public final class Trainer {
    private static final int SPLITS = 2;

    private final TrainSettings settings;
    private final PublisherSettings publishing;
    private volatile boolean stopped;

    public Trainer(TrainSettings settings, PublisherSettings publishing) {
        this.settings = settings;
        this.publishing = publishing;
    }

    /**
     * Trains until all steps are done or {@link #stop} is called, and closes the run in the ledger as finished,
     * interrupted or failed.
     *
     * @param observer told of each measured step, on this thread
     * @return what was sent
     * @throws IOException when the data set cannot be read
     * @throws ArithmeticException when the loss is no finite number any more
     */
    public PublishReport run(Consumer<StepUpdate> observer) throws IOException {
        TrainingSet data = TrainingSet.load(settings);
        MultiLayerNetwork network = layered(Networks.create(settings.model(), data.train(), settings.seed()));
        try (EvaluationPool pool = new EvaluationPool(network, settings.threads(), settings.evaluation())) {
            List<Objective> objectives =
                    settings.objectives().over(data, settings.objectiveSize(), settings.seed(), pool);
            LedgerPublisher publisher =
                    LedgerPublisher.open(publishing, manifest(data, network, objectives), NetworkLayout.of(network));
            try (LedgerListener listener = new LedgerListener(
                    publisher, objectives, 0, settings.every(), SPLITS, settings.evaluation(), observer)) {
                return train(network, data, listener);
            }
        }
    }

    private static MultiLayerNetwork layered(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            return network;
        }
        throw new IllegalArgumentException("network: must be a network of layers in a row, as graphs cannot be measured"
                + " yet. Found: " + model.getClass().getSimpleName());
    }

    private PublishReport train(MultiLayerNetwork network, TrainingSet data, LedgerListener listener) {
        network.addListeners(listener);
        try {
            for (int step = 0; step < settings.steps() && !stopped; step++) {
                network.fit(data.nextBatch());
                if (!Double.isFinite(network.score())) {
                    throw new ArithmeticException(
                            "the loss of step " + step + " is not a finite number: " + network.score());
                }
            }
        } catch (RuntimeException | Error e) { // native memory that runs out is an Error
            listener.finish(network, RunStatus.RUN_STATUS_FAILED, String.valueOf(e.getMessage()));
            throw e;
        }
        RunStatus outcome = stopped ? RunStatus.RUN_STATUS_INTERRUPTED : RunStatus.RUN_STATUS_FINISHED;
        return listener.finish(network, outcome, "");
    }

    /** Ends training after the step that is under way. */
    public void stop() {
        stopped = true;
    }

    private RunManifest manifest(TrainingSet data, MultiLayerNetwork network, List<Objective> objectives) {
        RunManifest.Builder manifest = RunManifest.newBuilder()
                .setRun(settings.run())
                .setModel(Networks.describe(settings.model().network(), data.train()))
                .addAllLayers(NetworkLayout.manifest(network))
                .setRule("simpson-" + SPLITS)
                .setMaxSplits(SPLITS)
                .setElementType(settings.evaluation())
                .setEvery(settings.every())
                .setDataSet(data.name())
                .setOptimizer(settings.model().describe())
                .setBatchSize(settings.batchSize())
                .setSeed(settings.seed())
                .putVersions("java", Runtime.version().toString());
        VersionCheck.getVersionInfos().stream()
                .filter(library -> library.getArtifactId().equals("deeplearning4j-nn"))
                .forEach(library -> manifest.putVersions("dl4j", library.getBuildVersion()));
        for (Objective objective : objectives) {
            manifest.addObjectives(ObjectiveManifest.newBuilder()
                    .setName(objective.name())
                    .setWeight(objective.weight())
                    .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                    .setExamples(objective.examples())
                    .setLoss("mcxent")
                    .setChunkExamples(ObjectiveChoice.CHUNK_EXAMPLES));
        }
        return manifest.build();
    }
}
