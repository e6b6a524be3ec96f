package io.lossledger.trainer.bench;

import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.Networks;
import io.lossledger.trainer.TrainingSet;
import java.io.IOException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;

/**
 * What recording costs: the same training goes on without and with a ledger that records, in turn, because the speed of a machine
 * changes within minutes. Used by one thread.
 */
public final class RecordingBenchmark {
    private static final int WARM_UP = 50;
    /** Vectors in the update of a live measurement: the change of the parameters and three gradients. */
    private static final int UPDATE_VECTORS = 4;

    private final BenchmarkSettings settings;
    private final PublisherSettings publishing;

    public RecordingBenchmark(BenchmarkSettings settings, PublisherSettings publishing) {
        this.settings = settings;
        this.publishing = publishing;
    }

    /**
     * The result, over the rounds.
     *
     * @param plainMillis time of a step without a ledger
     * @param recordedMillis time of a step until everything is sent
     * @param ratio ratio of the two in a round
     * @param bytes bytes sent a step
     * @param updateBytes bytes that the vectors of a step take when one objective is measured live
     */
    public record Result(Spread plainMillis, Spread recordedMillis, Spread ratio, double bytes, double updateBytes) {}

    /**
     * Trains.
     *
     * @param rounds how often both are timed, at least 1
     * @throws IOException when the data set cannot be read
     */
    public Result run(int rounds) throws IOException {
        TrainingSet data = TrainingSet.load(settings.data(), settings.network(), settings.batchSize(), settings.seed());
        Model network = Networks.create(
                ModelSettings.of(settings.network(), ModelSettings.DEFAULT_OPTIMIZER), data.train(), settings.seed());
        fit(network, data, WARM_UP);
        record(network, data, "warm-up");
        double[] plain = new double[rounds];
        double[] recorded = new double[rounds];
        double[] ratios = new double[rounds];
        double bytes = 0;
        for (int round = 0; round < rounds; round++) {
            plain[round] = fit(network, data, settings.steps()) / settings.steps();
            Recorded one = record(network, data, "round-" + round);
            recorded[round] = one.millis() / settings.steps();
            ratios[round] = recorded[round] / plain[round];
            bytes = (double) one.report().bytes() / settings.steps();
        }
        return new Result(
                Spread.of(plain),
                Spread.of(recorded),
                Spread.of(ratios),
                bytes,
                (double) NetworkLayout.of(network).parameters() * UPDATE_VECTORS * Float.BYTES);
    }

    private record Recorded(double millis, PublishReport report) {}

    private Recorded record(Model network, TrainingSet data, String run) {
        try (LossLedger ledger = LossLedger.to(publishing.kafka())
                .publishing(publishing)
                .run(run)
                .record()
                .attach(network)) {
            long start = System.nanoTime();
            fit(network, data, settings.steps());
            PublishReport report = ledger.finish();
            return new Recorded((System.nanoTime() - start) / 1e6, report);
        }
    }

    /** The time of some steps, in milliseconds. */
    private static double fit(Model network, TrainingSet data, int steps) {
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            ((NeuralNetwork) network).fit(data.nextBatch());
        }
        return (System.nanoTime() - start) / 1e6;
    }
}
