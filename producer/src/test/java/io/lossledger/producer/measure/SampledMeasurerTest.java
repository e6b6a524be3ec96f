package io.lossledger.producer.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient.Nodes;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses a·x² of examples that differ in a: the mean over a half is the mean of its a. */
class SampledMeasurerTest {
    private static final ElementType TYPE = ElementType.ELEMENT_TYPE_FLOAT64;
    private static final Segment SEGMENT =
            new Segment(FlatVector.of(new double[] {1}), FlatVector.of(new double[] {3}));

    @Test
    void averagesTheHalves() {
        ObjectiveStep step = measure(halves(2, 4, 0, 0), Rule.RK4);

        assertThat(step.kind()).isEqualTo(ObjectiveKind.OBJECTIVE_KIND_SAMPLED);
        assertThat(step.lossStart()).isEqualTo(3);
        assertThat(step.lossEnd()).isEqualTo(27);
        assertThat(((Nodes) step.gradient()).nodes())
                .extracting(node -> node.orElseThrow().get(0))
                .containsExactly(6.0, 12.0, 18.0);
    }

    /** Half the difference of the halves' allocations: a (9 − 1) each. */
    @Test
    void estimatesTheErrorFromTheDifferenceOfTheHalves() {
        ObjectiveStep step = measure(halves(2, 4, 0, 0), Rule.RK4);

        double error = 2 * step.samplingContrast().orElseThrow().get(0);
        assertThat(error).isCloseTo((2 - 4) * 8 / 2.0, within(1e-12));
    }

    @Test
    void hasASmallerErrorWhenTheSampleIsALargePartOfTheSet() {
        ObjectiveStep step = measure(halves(2, 4, 100, 75), Rule.RK4);

        double error = 2 * step.samplingContrast().orElseThrow().get(0);
        assertThat(error).isCloseTo((2 - 4) * 8 / 2.0 * Math.sqrt(0.25), within(1e-12));
    }

    @Test
    void knowsTheFirstOrderRule() {
        ObjectiveStep step = measure(halves(2, 4, 0, 0), Rule.FIRST_ORDER);

        assertThat(((Nodes) step.gradient()).nodes().get(1)).isEmpty();
        assertThat(step.lossEnd()).isEqualTo(27);
        assertThat(2 * step.samplingContrast().orElseThrow().get(0)).isCloseTo((2 - 4) * 4 / 2.0, within(1e-12));
    }

    /**
     * Losses a·x² + b·x + c of ten examples. The oracle is the mean over every sample of two that can be drawn.
     */
    @Test
    void hasNoBiasAndASmallerErrorWithAnAnchor() {
        Population all = new Population();
        double truth = all.loss(3) - all.loss(1);
        double mean = 0;
        double squares = 0;
        double plainSquares = 0;
        double lossEnd = 0;
        int samples = 0;
        for (int first = 0; first < Population.SIZE; first++) {
            for (int second = 0; second < Population.SIZE; second++) {
                if (first != second) {
                    ObjectiveStep step = anchored(all, first, second);
                    double lca = lca(step);
                    assertThat(step.lossChange()).as("balance").isCloseTo(lca, within(1e-12));
                    mean += lca;
                    lossEnd += step.lossEnd();
                    squares += Math.pow(lca - truth, 2);
                    plainSquares += Math.pow(lca(measure(all.sample(first, second, false), Rule.RK4)) - truth, 2);
                    samples++;
                }
            }
        }
        assertThat(mean / samples).isCloseTo(truth, within(1e-10));
        assertThat(lossEnd / samples).isCloseTo(all.loss(3), within(1e-10));
        assertThat(squares).as("the linear part is known").isLessThan(plainSquares / 10);
    }

    /** Four sets of ten are twenty samples of two. */
    @Test
    void movesTheAnchorOnceInFourSets() {
        Population all = new Population();
        SampledObjective sampled = all.sample(1, 2, true);
        SampledMeasurer measurer = new SampledMeasurer(sampled, settings(Rule.RK4), new MeasureTiming());
        for (int step = 0; step < 20; step++) {
            measurer.measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0));
        }
        assertThat(all.evaluations).isEqualTo(1);
        measurer.measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0));
        assertThat(all.evaluations).isEqualTo(2);
    }

    /** A pass of three portions: the old anchor stays meanwhile, and the new one lies where the pass began. */
    @Test
    void evaluatesTheNextAnchorInPortions() {
        Population all = new Population();
        List<Integer> portions = new ArrayList<>();
        SampledObjective portioned =
                new Sampled(Population.SIZE, 2, at -> Population.example(1, at), at -> Population.example(2, at)) {
                    @Override
                    public Optional<Pass> evaluateAll(FlatVector parameters) {
                        double at = parameters.get(0);
                        portions.clear();
                        return Optional.of(samples -> {
                            portions.add(samples);
                            return portions.size() < 3
                                    ? Optional.empty()
                                    : Optional.of(
                                            new Evaluation(all.loss(at), FlatVector.of(new double[] {all.slope(at)})));
                        });
                    }
                };
        MeasureTiming timing = new MeasureTiming();
        SampledMeasurer measurer = new SampledMeasurer(portioned, settings(Rule.RK4), timing);
        List<Double> starts = new ArrayList<>();
        for (int step = 0; step < 4; step++) {
            starts.add(measurer.measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0))
                    .lossStart());
        }
        double plain = measure(all.sample(1, 2, false), Rule.RK4).lossStart();
        assertThat(starts.subList(0, 2)).containsExactly(plain, plain);
        assertThat(starts.get(2)).as("at the anchor itself").isCloseTo(all.loss(1), within(1e-12));
        assertThat(starts.get(3)).isCloseTo(all.loss(1), within(1e-12));
        assertThat(portions).containsExactly(3, 3, 3);
        assertThat(timing.evaluations()).isEqualTo(3 * 3 + 2 * 3 + 2 * 4);
    }

    @Test
    void asksNoMoreOfAPassThatEndsWithoutTheMean() {
        List<Integer> portions = new ArrayList<>();
        SampledObjective incomplete =
                new Sampled(Population.SIZE, 2, at -> Population.example(1, at), at -> Population.example(2, at)) {
                    @Override
                    public Optional<Pass> evaluateAll(FlatVector parameters) {
                        return Optional.of(new Pass() {
                            @Override
                            public Optional<Evaluation> advance(int samples) {
                                portions.add(samples);
                                return Optional.empty();
                            }

                            @Override
                            public boolean hasEnded() {
                                return portions.size() == 2;
                            }
                        });
                    }
                };
        MeasureTiming timing = new MeasureTiming();
        SampledMeasurer measurer = new SampledMeasurer(incomplete, settings(Rule.RK4), timing);
        for (int step = 0; step < 5; step++) {
            measurer.measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0));
        }
        assertThat(portions).containsExactly(3, 3);
        assertThat(timing.evaluations()).isEqualTo(2 * 3 + 5 * 3);
    }

    /** An objective of a user may evaluate in double precision. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesGradientsInTheElementTypeOfTheRun(boolean anchored) {
        ElementType type = ElementType.ELEMENT_TYPE_FLOAT32;
        ObjectiveStep step = new SampledMeasurer(
                        new Population().sample(1, 2, anchored),
                        new MeasureSettings(type, Rule.RK4, 2, 0, 0, 0),
                        new MeasureTiming())
                .measure(SEGMENT, SEGMENT.delta(type), new GradientBudget(0));
        assertThat(step.samplingContrast().orElseThrow().elementType()).isEqualTo(type);
        assertThat(((Nodes) step.gradient()).nodes())
                .allSatisfy(node -> assertThat(node.orElseThrow().elementType()).isEqualTo(type));
    }

    /** Examples that were being evaluated would be missing in the mean. */
    @Test
    void givesUpAPassThatFails() {
        Population all = new Population();
        SampledObjective failing =
                new Sampled(Population.SIZE, 2, at -> Population.example(1, at), at -> Population.example(2, at)) {
                    private int portions;

                    @Override
                    public Optional<Pass> evaluateAll(FlatVector parameters) {
                        double at = parameters.get(0);
                        return Optional.of(samples -> {
                            if (++portions == 1) {
                                throw new IllegalStateException("no memory");
                            }
                            return Optional.of(
                                    new Evaluation(all.loss(at), FlatVector.of(new double[] {all.slope(at)})));
                        });
                    }
                };
        SampledMeasurer measurer = new SampledMeasurer(failing, settings(Rule.RK4), new MeasureTiming());
        assertThatThrownBy(() -> measurer.measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0)))
                .hasMessage("no memory");
        double plain = measure(all.sample(1, 2, false), Rule.RK4).lossStart();
        assertThat(measurer.measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0))
                        .lossStart())
                .isEqualTo(plain);
    }

    /** The anchor lies at 0.9, a step before the segment. */
    private static ObjectiveStep anchored(Population all, int first, int second) {
        SampledMeasurer measurer =
                new SampledMeasurer(all.sample(first, second, true), settings(Rule.RK4), new MeasureTiming());
        Segment before = new Segment(FlatVector.of(new double[] {0.9}), FlatVector.of(new double[] {1}));
        measurer.measure(before, before.delta(TYPE), new GradientBudget(0));
        return measurer.measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0));
    }

    private static double lca(ObjectiveStep step) {
        double[] weights = {1 / 6.0, 4 / 6.0, 1 / 6.0};
        double lca = 0;
        for (int node = 0; node < 3; node++) {
            lca += 2
                    * weights[node]
                    * ((Nodes) step.gradient()).nodes().get(node).orElseThrow().get(0);
        }
        return lca;
    }

    /** Ten examples that differ most in their linear part. */
    private static final class Population {
        static final int SIZE = 10;
        private int evaluations;

        double loss(double x) {
            double sum = 0;
            for (int i = 0; i < SIZE; i++) {
                sum += example(i, x).loss() / SIZE;
            }
            return sum;
        }

        double slope(double x) {
            double slope = 0;
            for (int i = 0; i < SIZE; i++) {
                slope += example(i, x).gradient().get(0) / SIZE;
            }
            return slope;
        }

        private static Evaluation example(int i, double x) {
            double a = 1 + 0.1 * i;
            double b = 5 * Math.sin(7 * i);
            return new Evaluation(a * x * x + b * x + i, FlatVector.of(new double[] {2 * a * x + b}));
        }

        SampledObjective sample(int first, int second, boolean anchored) {
            return new Sampled(SIZE, 2, at -> example(first, at), at -> example(second, at)) {
                @Override
                public Optional<Pass> evaluateAll(FlatVector parameters) {
                    if (!anchored) {
                        return Optional.empty();
                    }
                    evaluations++;
                    double at = parameters.get(0);
                    Evaluation whole = new Evaluation(loss(at), FlatVector.of(new double[] {slope(at)}));
                    return Optional.of(samples -> Optional.of(whole));
                }
            };
        }
    }

    private static MeasureSettings settings(Rule rule) {
        return new MeasureSettings(TYPE, rule, 2, 0, 0, 0);
    }

    private static ObjectiveStep measure(SampledObjective objective, Rule rule) {
        return new SampledMeasurer(objective, settings(rule), new MeasureTiming())
                .measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0));
    }

    private static SampledObjective halves(double first, double second, int examples, int sampleExamples) {
        return new Sampled(examples, sampleExamples, x -> half(first, x), x -> half(second, x));
    }

    private static class Sampled implements SampledObjective {
        private final int examples;
        private final int sampleExamples;
        private final DoubleFunction<Evaluation> first;
        private final DoubleFunction<Evaluation> second;

        Sampled(int examples, int sampleExamples, DoubleFunction<Evaluation> first, DoubleFunction<Evaluation> second) {
            this.examples = examples;
            this.sampleExamples = sampleExamples;
            this.first = first;
            this.second = second;
        }

        @Override
        public String name() {
            return "sampled";
        }

        @Override
        public double weight() {
            return 1;
        }

        @Override
        public int examples() {
            return examples;
        }

        @Override
        public int sampleExamples() {
            return sampleExamples;
        }

        @Override
        public Sample draw() {
            return at -> new Halves(first.apply(at.get(0)), second.apply(at.get(0)));
        }
    }

    private static Evaluation half(double a, double x) {
        return new Evaluation(a * x * x, FlatVector.of(new double[] {2 * a * x}));
    }
}
