package io.lossledger.producer.train;

import io.lossledger.producer.PublishReport;
import io.lossledger.producer.PublisherSettings;
import io.lossledger.producer.StepUpdate;
import io.lossledger.producer.dl4j.LedgerBuilder;
import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.protocol.v1.RunStatus;
import java.io.IOException;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;

/** Trains one network on one data set and measures its steps. {@link #stop} may be called from any thread. */
public final class Trainer {
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
     * @param observer told of each measured step, on another thread; not after this method has returned
     * @return what was sent
     * @throws IOException when the data set cannot be read
     * @throws ArithmeticException when the loss is no finite number any more
     */
    public PublishReport run(Consumer<StepUpdate> observer) throws IOException {
        TrainingSet data = TrainingSet.load(settings);
        Model network = Networks.create(settings.model(), data.train(), settings.seed());
        try (LossLedger ledger = describe(data, observer).attach(network)) {
            return train(network, data, ledger);
        }
    }

    /** Ends training after the step that is under way. */
    public void stop() {
        stopped = true;
    }

    private PublishReport train(Model network, TrainingSet data, LossLedger ledger) {
        try {
            for (int step = 0; step < settings.steps() && !stopped; step++) {
                ((NeuralNetwork) network).fit(data.nextBatch());
                if (!Double.isFinite(network.score())) {
                    throw new ArithmeticException(
                            "the loss of step " + step + " is not a finite number: " + network.score());
                }
            }
        } catch (RuntimeException | Error e) { // native memory that runs out is an Error
            ledger.finish(RunStatus.RUN_STATUS_FAILED, String.valueOf(e.getMessage()));
            throw e;
        }
        return ledger.finish(stopped ? RunStatus.RUN_STATUS_INTERRUPTED : RunStatus.RUN_STATUS_FINISHED, "");
    }

    private LedgerBuilder describe(TrainingSet data, Consumer<StepUpdate> observer) {
        LedgerBuilder ledger = LossLedger.to(publishing.kafka())
                .publishing(publishing)
                .measure(settings.measure())
                .recording(settings.recording())
                .threads(settings.threads())
                .objectives(pool -> settings.objectives()
                        .over(data, settings.objectiveSize(), settings.sampleSize(), settings.seed(), pool))
                .observer(observer)
                .manifest(facts -> facts.setRun(settings.run())
                        .setModel(Networks.describe(settings.model().network(), data.train()))
                        .setDataSet(data.name())
                        .setOptimizer(settings.model().describe())
                        .setBatchSize(settings.batchSize())
                        .setSeed(settings.seed()));
        return settings.parts() ? ledger.parts() : ledger;
    }
}
