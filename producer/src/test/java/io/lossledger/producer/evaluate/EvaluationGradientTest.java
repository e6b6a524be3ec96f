package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of the evaluation against central differences of its loss, over every booked parameter. */
class EvaluationGradientTest {
    private static final double STEP = 1e-5;

    static Stream<NetworkCase> kinds() {
        return Stream.concat(KindNetworks.all().stream(), KindGraphs.all().stream());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void isTheSlopeOfTheLoss(NetworkCase kind) {
        double[] at = FlatArrays.toDoubles(kind.network().params());
        List<LayerManifest> layers = NetworkLayout.manifest(kind.network());
        try (EvaluationPool pool = new EvaluationPool(kind.network(), 1, ElementType.ELEMENT_TYPE_FLOAT64)) {
            // One chunk, because with batch norm the chunks are part of the loss.
            Objective objective = pool.objective("train", 1, kind.data(), KindNetworks.EXAMPLES);
            FlatVector gradient = objective.evaluate(FlatVector.of(at)).gradient();
            double largest = 0;
            double error = 0;
            String worst = "";
            for (TensorLayout tensor : NetworkLayout.of(kind.network()).tensors()) {
                boolean frozen = layers.get(tensor.layerIndex())
                        .getKind()
                        .matches("FrozenLayer\\(.*|Frozen.*\\(BatchNormalization\\)");
                for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                    double slope = frozen ? 0 : slope(objective, at, i);
                    largest = Math.max(largest, Math.abs(slope));
                    double distance = Math.abs(gradient.get(i) - slope);
                    if (!(distance <= error)) {
                        error = distance;
                        worst = "parameter " + (i - tensor.offset()) + " of " + tensor.name() + ": " + gradient.get(i)
                                + ", not " + slope;
                    }
                }
            }
            assertThat(largest).isPositive();
            assertThat(error / largest).as(worst).isLessThanOrEqualTo(1e-6);
        }
    }

    private static double slope(Objective objective, double[] at, int index) {
        double[] up = at.clone();
        up[index] += STEP;
        double[] down = at.clone();
        down[index] -= STEP;
        double rise = objective.evaluate(FlatVector.of(up)).loss()
                - objective.evaluate(FlatVector.of(down)).loss();
        return rise / (up[index] - down[index]);
    }
}
