package io.lossledger.trainer.bench;

import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.Networks;
import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.TrainingSet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;

/**
 * What measuring costs: the same training without and with each kind of objective, sent to a real Kafka. Used by one thread.
 */
public final class CostBenchmark {
    /** Warm-up steps, which are not timed: they load classes and allocate buffers. */
    private static final int WARM_UP = 10;

    private final BenchmarkSettings settings;
    private final PublisherSettings publishing;

    public CostBenchmark(BenchmarkSettings settings, PublisherSettings publishing) {
        this.settings = settings;
        this.publishing = publishing;
    }

    /**
     * The cost of one training.
     *
     * @param step wall time of a step, until everything is measured and sent
     * @param evaluation wall time of the gradients of a step
     * @param gradients gradients of a step
     */
    public record Row(String objectives, Duration step, Duration evaluation, double gradients) {
        /** The share of a step's time outside gradient evaluation. */
        public double shareOutside() {
            return 1 - (double) evaluation.toNanos() / step.toNanos();
        }
    }

    /** Trains without a ledger. */
    public Row plain() throws IOException {
        TrainingSet data = load();
        Model network = network(data);
        fit(network, data, WARM_UP);
        long start = System.nanoTime();
        fit(network, data, settings.steps());
        return new Row("none", perStep(System.nanoTime() - start), Duration.ZERO, 0);
    }

    /**
     * Trains with a ledger.
     *
     * @param run run id, new in this Kafka
     * @throws IOException when the data set cannot be read
     */
    public Row with(String run, List<String> objectives, int objectiveSize) throws IOException {
        TrainingSet data = load();
        Model network = network(data);
        fit(network, data, WARM_UP);
        ObjectiveChoice choice = new ObjectiveChoice(objectives);
        try (LossLedger ledger = LossLedger.to(publishing.kafka())
                .publishing(publishing)
                .run(run)
                .measure(MeasureSettings.DEFAULT)
                .threads(settings.threads())
                .objectives(pool -> choice.over(data, objectiveSize, settings.sampleSize(), settings.seed(), pool))
                .attach(network)) {
            long start = System.nanoTime();
            fit(network, data, settings.steps());
            ledger.finish();
            long nanos = System.nanoTime() - start;
            String name = String.join(",", objectives) + (objectiveSize == 0 ? "" : " of " + objectiveSize);
            return new Row(
                    name,
                    perStep(nanos),
                    perStep(ledger.timing().time().toNanos()),
                    (double) ledger.timing().evaluations() / settings.steps());
        }
    }

    private TrainingSet load() throws IOException {
        return TrainingSet.load(settings.data(), settings.network(), settings.batchSize(), settings.seed());
    }

    private Model network(TrainingSet data) {
        return Networks.create(
                ModelSettings.of(settings.network(), ModelSettings.DEFAULT_OPTIMIZER), data.train(), settings.seed());
    }

    private Duration perStep(long nanos) {
        return Duration.ofNanos(nanos / settings.steps());
    }

    private static void fit(Model network, TrainingSet data, int steps) {
        for (int step = 0; step < steps; step++) {
            ((NeuralNetwork) network).fit(data.nextBatch());
        }
    }
}
