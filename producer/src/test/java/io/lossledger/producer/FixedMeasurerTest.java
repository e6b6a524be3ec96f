package io.lossledger.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.ElementType;
import org.junit.jupiter.api.Test;

class SegmentMeasurerTest {
    /** Rosenbrock's function, degree 4: Simpson is exact. */
    private static final class Rosenbrock implements Objective {
        private int evaluations;

        @Override
        public String name() {
            return "rosenbrock";
        }

        @Override
        public double weight() {
            return 1;
        }

        @Override
        public int examples() {
            return 1;
        }

        @Override
        public Evaluation evaluate(FlatVector at) {
            evaluations++;
            double x = at.get(0);
            double y = at.get(1);
            double loss = (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
            double[] gradient = {-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)};
            return new Evaluation(loss, FlatVector.of(gradient));
        }
    }

    private final Rosenbrock objective = new Rosenbrock();
    private final SegmentMeasurer measurer = new SegmentMeasurer(objective, ElementType.ELEMENT_TYPE_FLOAT64, 2);

    @Test
    void givesTheKnownAllocationOfRosenbrock() {
        ObjectiveStep step = measurer.measure(new double[] {0, 0}, new double[] {1, 1});

        assertThat(step.lossStart()).isEqualTo(1);
        assertThat(step.lossEnd()).isEqualTo(0);
        assertThat(allocated(step, 0)).isCloseTo(-103.0 / 3, within(1e-12));
        assertThat(allocated(step, 1)).isCloseTo(100.0 / 3, within(1e-12));
    }

    @Test
    void usesTheGradientAtTheEndAgain() {
        measurer.measure(new double[] {0, 0}, new double[] {1, 1});
        assertThat(objective.evaluations).isEqualTo(3);
        measurer.measure(new double[] {1, 1}, new double[] {2, 1});
        assertThat(objective.evaluations).isEqualTo(5);
    }

    @Test
    void evaluatesTheStartAnewWhenSomeoneMovedTheParametersBetweenSteps() {
        measurer.measure(new double[] {0, 0}, new double[] {1, 1});
        ObjectiveStep moved = measurer.measure(new double[] {0.5, 0.5}, new double[] {2, 1});

        assertThat(objective.evaluations).isEqualTo(6);
        assertThat(moved.lossStart()).isEqualTo(0.25 + 100 * 0.0625);
    }

    @Test
    void namesANumberOfSplitsThatNoRuleHas() {
        assertThatThrownBy(() -> new SegmentMeasurer(objective, ElementType.ELEMENT_TYPE_FLOAT64, 34))
                .hasMessage("splits: must be an even number from 2 to 32. Found: 34");
    }

    private static double allocated(ObjectiveStep step, int parameter) {
        double sum = 0;
        double[] weights = {1 / 6.0, 4 / 6.0, 1 / 6.0};
        for (int node = 0; node < 3; node++) {
            sum += weights[node] * step.nodes().get(node).orElseThrow().get(parameter);
        }
        return sum;
    }
}
