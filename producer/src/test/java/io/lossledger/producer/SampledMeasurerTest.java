package io.lossledger.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.MeasureSettings.Rule;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.producer.SegmentGradient.Nodes;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveKind;
import org.junit.jupiter.api.Test;

/** Losses a·x² of examples that differ in a: the mean over a half is the mean of its a. */
class SampledMeasurerTest {
    private static final ElementType TYPE = ElementType.ELEMENT_TYPE_FLOAT64;
    private static final Segment SEGMENT = new Segment(new double[] {1}, new double[] {3});

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
    void tellsTheErrorByTheDifferenceOfTheHalves() {
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

    private static ObjectiveStep measure(SampledObjective objective, Rule rule) {
        MeasureSettings settings = new MeasureSettings(TYPE, rule, 2, 0, 0, 0);
        return new SampledMeasurer(objective, settings, new MeasureTiming())
                .measure(SEGMENT, SEGMENT.delta(TYPE), new GradientBudget(0));
    }

    private static SampledObjective halves(double first, double second, int examples, int sampleExamples) {
        return new SampledObjective() {
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
                return at -> new Halves(half(first, at.get(0)), half(second, at.get(0)));
            }
        };
    }

    private static Evaluation half(double a, double x) {
        return new Evaluation(a * x * x, FlatVector.of(new double[] {2 * a * x}));
    }
}
