package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.measure.SampledObjective;
import io.lossledger.producer.step.FlatVector;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mean loss of a network over samples. */
public final class SampledNetworkObjective implements SampledObjective {
    private static final Logger log = LoggerFactory.getLogger(SampledNetworkObjective.class);

    private final String name;
    private final double weight;
    private final SampleSource source;
    private final EvaluationPool pool;
    private boolean warned;
    private List<DataSet> ahead = List.of();
    /** The newest sample. */
    private List<PreparedData> halves = List.of();

    SampledNetworkObjective(String name, double weight, SampleSource source, EvaluationPool pool) {
        this.name = name;
        this.weight = weight;
        this.source = source;
        this.pool = pool;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double weight() {
        return weight;
    }

    @Override
    public int examples() {
        return source.examples();
    }

    @Override
    public int sampleExamples() {
        return source.sampleExamples();
    }

    /** The number of examples that are evaluated together. */
    public int chunkExamples() {
        return pool.chunkExamples(source.sampleExamples() / 2);
    }

    @Override
    public Sample draw() {
        halves.forEach(PreparedData::close);
        halves = ahead.isEmpty()
                ? drawPrepared()
                : ahead.stream().map(half -> pool.prepare(name, half)).toList();
        ahead = List.of();
        List<PreparedData> sample = halves;
        return new Sample() {
            @Override
            public Halves evaluate(FlatVector parameters) {
                return evaluateEach(List.of(parameters)).get(0);
            }

            @Override
            public List<Halves> evaluateEach(List<FlatVector> points) {
                List<Request> requests = new ArrayList<>();
                points.forEach(point -> sample.forEach(half -> requests.add(new Request(half, point))));
                List<Evaluation> answers = pool.evaluateEach(requests);
                return IntStream.range(0, points.size())
                        .mapToObj(point -> new Halves(answers.get(2 * point), answers.get(2 * point + 1)))
                        .toList();
            }
        };
    }

    private List<PreparedData> drawPrepared() {
        return source instanceof StratifiedSource stratified
                ? stratified.drawHalves().stream()
                        .map(half -> prepare(stratified, half))
                        .toList()
                : source.draw().stream().map(half -> pool.prepare(name, half)).toList();
    }

    private PreparedData prepare(StratifiedSource stratified, int[] indices) {
        return stratified
                .inPlace()
                .flatMap(examples -> pool.prepare(examples, indices))
                .orElseGet(() -> pool.prepare(name, stratified.rows(indices)));
    }

    /** Draws the sample for the next {@link #draw}, and returns its first half. */
    Batch drawAhead() {
        ahead = source.draw();
        return pool.batch("objective " + name, ahead.get(0));
    }

    /**
     * Empty with batch norm, because the mean over pieces is then a different loss than the mean over samples; when the size of the
     * set is unknown; and once the set was found not to be whole.
     */
    @Override
    public Optional<Pass> evaluateAll(FlatVector parameters) {
        if (pool.hasBatchStatistics() || source.examples() == 0 || warned) {
            return Optional.empty();
        }
        Iterator<PreparedData> pieces = pieces().iterator();
        return pieces.hasNext() ? Optional.of(new WholeSet(pieces, parameters)) : Optional.empty();
    }

    /** The whole set, prepared piece by piece. */
    private Stream<PreparedData> pieces() {
        if (source instanceof StratifiedSource stratified) {
            return stratified.pieces().map(indices -> prepare(stratified, indices));
        }
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(source.all(), Spliterator.ORDERED), false)
                .map(piece -> pool.prepare(name, piece));
    }

    /** The sums over the pieces evaluated so far. */
    private final class WholeSet implements Pass {
        private final Iterator<PreparedData> pieces;
        private final FlatVector parameters;
        private final double[] gradient;
        private double loss;
        private int examples;

        WholeSet(Iterator<PreparedData> pieces, FlatVector parameters) {
            this.pieces = pieces;
            this.parameters = parameters;
            this.gradient = new double[parameters.length()];
        }

        @Override
        public Optional<Evaluation> advance(int samples) {
            List<PreparedData> some = new ArrayList<>();
            try {
                while (some.size() < 2 * samples && pieces.hasNext()) {
                    some.add(pieces.next());
                }
                add(some);
            } finally {
                some.forEach(PreparedData::close);
            }
            return pieces.hasNext() || !isWhole()
                    ? Optional.empty()
                    : Optional.of(new Evaluation(loss, FlatVector.of(parameters.elementType(), gradient)));
        }

        @Override
        public boolean hasEnded() {
            return !pieces.hasNext();
        }

        private void add(List<PreparedData> some) {
            List<Evaluation> evaluations = pool.evaluateEach(
                    some.stream().map(piece -> new Request(piece, parameters)).toList());
            for (int i = 0; i < some.size(); i++) {
                double share = (double) some.get(i).examples() / source.examples();
                loss += share * evaluations.get(i).loss();
                evaluations.get(i).gradient().addScaledTo(gradient, share);
                examples += some.get(i).examples();
            }
        }

        private boolean isWhole() {
            if (examples == source.examples()) {
                return true;
            }
            if (!warned) {
                warned = true;
                log.warn(
                        "Objective {}: SampleSource.all() must give each of the {} examples once. Found: {}. Its samples are used"
                                + " without the mean over the whole set",
                        name,
                        source.examples(),
                        examples);
            }
            return false;
        }
    }
}
