package io.lossledger.trainer.bench;

import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.Networks;
import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.TrainingSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;

/**
 * What measuring costs: a training without and with each kind of objective in turn, round after round, sent to a real Kafka. Used by
 * one thread.
 */
public final class CostBenchmark {
    /** Steps of the first round, which is not counted: it loads classes and lets the compiler do its work. */
    private static final int WARM_UP = 30;

    private final BenchmarkSettings settings;
    private final PublisherSettings publishing;
    private int runs;

    public CostBenchmark(BenchmarkSettings settings, PublisherSettings publishing) {
        this.settings = settings;
        this.publishing = publishing;
    }

    /**
     * What is measured in each step.
     *
     * @param objectiveSize images in the objective; 0 means all
     * @param form what is sent
     */
    public record Kind(List<String> objectives, int objectiveSize, UpdateForm form) {
        @Override
        public String toString() {
            return String.join(",", objectives)
                    + (objectiveSize == 0 ? "" : " of " + objectiveSize)
                    + (form == UpdateForm.SUMS ? ", sums" : "");
        }
    }

    /**
     * The cost of one kind.
     *
     * @param stepMillis wall time of a step, until everything is measured and sent, for each round
     * @param ratio the same, divided by that of a step without a ledger in the same round
     * @param gradients gradients of a step
     * @param outside share of a step's time outside gradient evaluation
     */
    public record Row(String kind, Spread stepMillis, Spread ratio, double gradients, Spread outside) {}

    private record Timed(double stepMillis, double evaluationMillis, double gradients) {
        double outside() {
            return 1 - evaluationMillis / stepMillis;
        }
    }

    /**
     * Trains.
     *
     * @param rounds rounds that count, at least 1
     * @param progress receives what is being done
     * @return a row for a step without a ledger, and one for each kind
     * @throws IOException when the data set cannot be read
     */
    public List<Row> run(int rounds, List<Kind> kinds, Consumer<String> progress) throws IOException {
        TrainingSet data = TrainingSet.load(settings.data(), settings.network(), settings.batchSize(), settings.seed());
        List<Timed> plain = new ArrayList<>();
        Map<Integer, List<Timed>> timed = new TreeMap<>();
        for (int round = 0; round <= rounds; round++) {
            int steps = round == 0 ? Math.min(WARM_UP, settings.steps()) : settings.steps();
            String name = round == 0 ? "warm-up" : "round " + round + " of " + rounds;
            progress.accept(name + ", without a ledger");
            plain.add(plain(data, steps));
            for (int kind = 0; kind < kinds.size(); kind++) {
                progress.accept(name + ", " + kinds.get(kind));
                timed.computeIfAbsent(kind, any -> new ArrayList<>()).add(with(kinds.get(kind), data, steps));
            }
        }
        List<Row> rows = new ArrayList<>(List.of(row("none", plain, plain)));
        timed.forEach((kind, steps) -> rows.add(row(kinds.get(kind).toString(), steps, plain)));
        return rows;
    }

    private static Row row(String kind, List<Timed> steps, List<Timed> plain) {
        int rounds = steps.size();
        double[] millis = new double[rounds - 1];
        double[] ratios = new double[rounds - 1];
        double[] outside = new double[rounds - 1];
        for (int round = 1; round < rounds; round++) {
            Timed step = steps.get(round);
            millis[round - 1] = step.stepMillis();
            ratios[round - 1] = step.stepMillis() / plain.get(round).stepMillis();
            outside[round - 1] = step.outside();
        }
        return new Row(
                kind,
                Spread.of(millis),
                Spread.of(ratios),
                steps.get(rounds - 1).gradients(),
                Spread.of(outside));
    }

    private Timed plain(TrainingSet data, int steps) {
        Model network = network(data);
        long start = System.nanoTime();
        fit(network, data, steps);
        return new Timed(millis(System.nanoTime() - start) / steps, 0, 0);
    }

    private Timed with(Kind kind, TrainingSet data, int steps) {
        Model network = network(data);
        ObjectiveChoice choice = new ObjectiveChoice(kind.objectives());
        try (LossLedger ledger = LossLedger.to(publishing.kafka())
                .publishing(publishing.withForm(kind.form()))
                .run("run-" + runs++)
                .measure(MeasureSettings.DEFAULT)
                .threads(settings.threads())
                .objectives(
                        pool -> choice.over(data, kind.objectiveSize(), settings.sampleSize(), settings.seed(), pool))
                .attach(network)) {
            long start = System.nanoTime();
            fit(network, data, steps);
            ledger.finish();
            double step = millis(System.nanoTime() - start) / steps;
            double evaluation = millis(ledger.timing().time().toNanos()) / steps;
            return new Timed(step, evaluation, (double) ledger.timing().evaluations() / steps);
        }
    }

    private Model network(TrainingSet data) {
        return Networks.create(
                ModelSettings.of(settings.network(), ModelSettings.DEFAULT_OPTIMIZER), data.train(), settings.seed());
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    private static void fit(Model network, TrainingSet data, int steps) {
        for (int step = 0; step < steps; step++) {
            ((NeuralNetwork) network).fit(data.nextBatch());
        }
    }
}
