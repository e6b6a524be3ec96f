package io.lossledger.producer.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient.Averaged;
import io.lossledger.producer.step.SegmentGradient.Nodes;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ParameterRole;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedMeasurerTest {
    /** Two parameters, each a layer of its own. */
    private static final ModelLayout LAYOUT = new ModelLayout(
            2,
            List.of(
                    new TensorLayout("0_W", "x", 0, ParameterRole.PARAMETER_ROLE_WEIGHT, 0, 1, 1, 0),
                    new TensorLayout("1_W", "y", 1, ParameterRole.PARAMETER_ROLE_WEIGHT, 1, 1, 1, 0)));

    private static final double[] ORIGIN = {0, 0};
    private static final double[] ONES = {1, 1};

    /** Degree 4: Simpson is exact. */
    private final TestObjective rosenbrock = new TestObjective(
            at -> Math.pow(1 - at[0], 2) + 100 * Math.pow(at[1] - at[0] * at[0], 2), at -> new double[] {
                -2 * (1 - at[0]) - 400 * at[0] * (at[1] - at[0] * at[0]), 200 * (at[1] - at[0] * at[0])
            });

    /** L = x⁶ − y⁶: errors of the two cancel in the sum, so that the residual is always 0. */
    private final TestObjective trap = new TestObjective(at -> Math.pow(at[0], 6) - Math.pow(at[1], 6), at ->
            new double[] {6 * Math.pow(at[0], 5), -6 * Math.pow(at[1], 5)});

    @Test
    void givesTheKnownAllocationOfRosenbrock() {
        ObjectiveStep step = measure(measurer(rosenbrock, 2), ORIGIN, ONES);

        assertThat(step.lossStart()).isEqualTo(1);
        assertThat(step.lossEnd()).isEqualTo(0);
        assertThat(mean(step)[0]).isCloseTo(-103.0 / 3, within(1e-12));
        assertThat(mean(step)[1]).isCloseTo(100.0 / 3, within(1e-12));
    }

    @Test
    void reusesTheGradientAtTheEnd() {
        FixedMeasurer measurer = measurer(rosenbrock, 2);
        measure(measurer, ORIGIN, ONES);
        assertThat(rosenbrock.evaluations()).isEqualTo(3);
        measure(measurer, ONES, new double[] {2, 1});
        assertThat(rosenbrock.evaluations()).isEqualTo(5);
    }

    @Test
    void evaluatesTheStartAgainWhenParametersChangedBetweenSteps() {
        FixedMeasurer measurer = measurer(rosenbrock, 2);
        measure(measurer, ORIGIN, ONES);
        ObjectiveStep moved = measure(measurer, new double[] {0.5, 0.5}, new double[] {2, 1});

        assertThat(rosenbrock.evaluations()).isEqualTo(6);
        assertThat(moved.lossStart()).isEqualTo(0.25 + 100 * 0.0625);
    }

    @Test
    void usesOnlyTheGradientAtTheStartInFirstOrder() {
        MeasureSettings settings = new MeasureSettings(ElementType.ELEMENT_TYPE_FLOAT64, Rule.FIRST_ORDER, 2, 0, 0, 0);
        FixedMeasurer measurer = new FixedMeasurer(rosenbrock, LAYOUT, settings, new MeasureTiming());
        ObjectiveStep step = measure(measurer, ORIGIN, ONES);

        assertThat(step.gradient()).isInstanceOfSatisfying(Nodes.class, nodes -> {
            assertThat(nodes.nodes().get(0).orElseThrow().toDoubles()).containsExactly(-2, 0);
            assertThat(nodes.nodes().get(1)).isEmpty();
        });
        assertThat(step.lossChange()).isEqualTo(-1);
        measure(measurer, ONES, new double[] {2, 1});
        assertThat(rosenbrock.evaluations()).as("one a step, but for the first").isEqualTo(3);
    }

    @Test
    void doesNotFallIntoTheTrapOfErrorsThatCancel() {
        ObjectiveStep plain = measure(measurer(trap, 2), ORIGIN, ONES);
        assertThat(mean(plain)[0] + mean(plain)[1]).as("residual at two splits").isZero();
        assertThat(mean(plain)[0]).isCloseTo(1.125, within(1e-12));

        ObjectiveStep refined = measure(measurer(trap, 32), ORIGIN, ONES);

        assertThat(refined.capped()).isFalse();
        assertThat(mean(refined)).containsExactly(new double[] {1, -1}, within(1e-3));
    }

    /** By hand: 6s⁵ at n splits gives 1.125, 1.0078125, 1.00048828125; the estimates are the differences of neighbours. */
    @ParameterizedTest
    @CsvSource({"0.9, 2", "0.06, 4", "0.004, 8", "0.0003, 16"})
    void refinesUntilEveryLayerIsWithinTheTolerance(double tolerance, int splits) {
        MeasureSettings settings = new MeasureSettings(ElementType.ELEMENT_TYPE_FLOAT64, Rule.RK4, 32, 0, tolerance, 0);
        ObjectiveStep step = measure(new FixedMeasurer(trap, LAYOUT, settings, new MeasureTiming()), ORIGIN, ONES);

        assertThat(step.gradient())
                .isInstanceOfSatisfying(
                        Averaged.class, averaged -> assertThat(averaged.rule()).isEqualTo("simpson-" + splits));
        assertThat(trap.evaluations()).isEqualTo(splits + 1);
    }

    @Test
    void sendsTheMeanOfTheCoarserRuleWithThatOfTheFiner() {
        ObjectiveStep step = measure(measurer(trap, 4), ORIGIN, ONES);

        assertThat(step.gradient()).isInstanceOfSatisfying(Averaged.class, averaged -> {
            assertThat(averaged.mean().get(0)).isCloseTo(1.0078125, within(1e-12));
            assertThat(averaged.coarseMean().get(0)).isCloseTo(1.125, within(1e-12));
        });
    }

    @Test
    void reportsThatTheCapWasReached() {
        assertThat(measure(measurer(trap, 4), ORIGIN, ONES).capped()).isTrue();
    }

    @Test
    void reportsThatTheBudgetWasSpent() {
        ObjectiveStep step = measure(measurer(trap, 32), ORIGIN, ONES, new GradientBudget(3));

        assertThat(step.capped()).isTrue();
        assertThat(step.gradient())
                .isInstanceOfSatisfying(
                        Averaged.class, averaged -> assertThat(averaged.rule()).isEqualTo("simpson-4"));
    }

    @Test
    void acceptsALossThatIsNotANumber() {
        TestObjective broken = new TestObjective(at -> Double.NaN, at -> new double[] {Double.NaN, Double.NaN});
        ObjectiveStep step = measure(measurer(broken, 32), ORIGIN, ONES);

        assertThat(step.capped()).isFalse();
        assertThat(broken.evaluations()).isEqualTo(3);
    }

    private static FixedMeasurer measurer(Objective objective, int maxSplits) {
        return new FixedMeasurer(
                objective,
                LAYOUT,
                new MeasureSettings(ElementType.ELEMENT_TYPE_FLOAT64, Rule.RK4, maxSplits, 0, 0.001, 0),
                new MeasureTiming());
    }

    private static ObjectiveStep measure(FixedMeasurer measurer, double[] start, double[] end) {
        return measure(measurer, start, end, new GradientBudget(0));
    }

    private static ObjectiveStep measure(FixedMeasurer measurer, double[] start, double[] end, GradientBudget budget) {
        Segment segment = new Segment(FlatVector.of(start), FlatVector.of(end));
        return measurer.measure(segment, segment.delta(ElementType.ELEMENT_TYPE_FLOAT64), budget);
    }

    /** The averaged gradient; delta is 1, 1 in most tests, so that it is the allocation. */
    private static double[] mean(ObjectiveStep step) {
        if (step.gradient() instanceof Averaged averaged) {
            return averaged.mean().toDoubles();
        }
        double[] weights = {1 / 6.0, 4 / 6.0, 1 / 6.0};
        double[] mean = new double[2];
        for (int node = 0; node < weights.length; node++) {
            FlatVector gradient = ((Nodes) step.gradient()).nodes().get(node).orElseThrow();
            mean[0] += weights[node] * gradient.get(0);
            mean[1] += weights[node] * gradient.get(1);
        }
        return mean;
    }
}
