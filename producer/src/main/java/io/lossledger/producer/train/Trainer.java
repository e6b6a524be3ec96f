package io.lossledger.producer.train;

import io.lossledger.producer.LedgerPublisher;
import io.lossledger.producer.PublishReport;
import io.lossledger.producer.PublisherSettings;
import io.lossledger.producer.StepUpdate;
import io.lossledger.producer.dl4j.LedgerListener;
import io.lossledger.producer.dl4j.NetworkLayout;
import io.lossledger.producer.dl4j.NetworkObjective;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** Trains one network on one data set and measures every step. {@link #stop} may be called from any thread. */
public final class Trainer {
    /** The objective that the trainer measures. */
    public static final String OBJECTIVE = "train";

    private static final int SPLITS = 2;
    /** Large enough for the matrix products to run at speed, small enough to share between threads. */
    private static final int CHUNK_EXAMPLES = 500;

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
     */
    public PublishReport run(Consumer<StepUpdate> observer) throws IOException {
        TrainingSet data = TrainingSet.load(settings);
        MultiLayerNetwork network = Networks.fullyConnected(
                data.inputs(),
                data.classes(),
                settings.seed(),
                settings.optimizer().updater(settings.learningRate()));
        DataSet objectiveData = data.first(settings.objectiveSize());
        NetworkObjective objective = new NetworkObjective(
                OBJECTIVE, network, objectiveData, CHUNK_EXAMPLES, settings.threads(), settings.evaluation());
        LedgerPublisher publisher = LedgerPublisher.open(
                publishing, manifest(data, network, objectiveData.numExamples()), NetworkLayout.of(network));
        try (LedgerListener listener =
                new LedgerListener(publisher, List.of(objective), 0, SPLITS, settings.evaluation(), observer)) {
            network.addListeners(listener);
            try {
                for (int step = 0; step < settings.steps() && !stopped; step++) {
                    network.fit(data.nextBatch());
                }
            } catch (RuntimeException e) {
                listener.finish(network, RunStatus.RUN_STATUS_FAILED, String.valueOf(e.getMessage()));
                throw e;
            }
            RunStatus outcome = stopped ? RunStatus.RUN_STATUS_INTERRUPTED : RunStatus.RUN_STATUS_FINISHED;
            return listener.finish(network, outcome, "");
        }
    }

    /** Ends training after the step that is under way. */
    public void stop() {
        stopped = true;
    }

    private RunManifest manifest(TrainingSet data, MultiLayerNetwork network, int objectiveExamples) {
        return RunManifest.newBuilder()
                .setRun(settings.run())
                .setModel(Networks.describe(data.inputs(), data.classes()))
                .addAllLayers(NetworkLayout.manifest(network))
                .addObjectives(ObjectiveManifest.newBuilder()
                        .setName(OBJECTIVE)
                        .setWeight(1)
                        .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                        .setExamples(objectiveExamples)
                        .setLoss("mcxent")
                        .setChunkExamples(CHUNK_EXAMPLES))
                .setRule("simpson-" + SPLITS)
                .setMaxSplits(SPLITS)
                .setElementType(settings.evaluation())
                .setEvery(1)
                .setDataSet(data.name())
                .setOptimizer(settings.optimizer().describe(settings.learningRate()))
                .setBatchSize(settings.batchSize())
                .setSeed(settings.seed())
                .putVersions("dl4j", "1.0.0-M2.1")
                .putVersions("java", Runtime.version().toString())
                .build();
    }
}
