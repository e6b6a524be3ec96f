package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.blas.SlowNetwork;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.plan.PlanCompiler;
import io.lossledger.producer.plan.PlanResult;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/** Holds what a plan says, and what the engine makes of it, against DL4J, in float64. */
public final class PlanAgreement {
    private PlanAgreement() {}

    /** Loss and gradient, relative to their size, at the network's parameters and at others near them. */
    public static void assertAgrees(Model network, INDArray features, INDArray labels) {
        MultiDataSet data = new MultiDataSet(features, labels);
        NetworkPlan plan = plan(network, features);
        SlowNetwork oracle = new SlowNetwork(plan);
        double[] at = FlatArrays.toDoubles(network.params());
        Random random = new Random(3);
        for (double spread : new double[] {0, 0.1}) {
            double[] parameters = Arrays.stream(at)
                    .map(x -> x + spread * random.nextGaussian())
                    .toArray();
            Evaluation expected =
                    evaluate(new LayerEvaluator(network, 1, ElementType.ELEMENT_TYPE_FLOAT64), data, parameters);
            Evaluation fast = evaluate(BlasEvaluator.of(plan, 2, ElementType.ELEMENT_TYPE_FLOAT64), data, parameters);
            SlowNetwork.Result found = oracle.evaluate(parameters, rows(features), rows(labels));
            assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-9 * Math.abs(expected.loss())));
            assertGradient(network, expected.gradient(), found.gradient());
            assertThat(fast.loss()).isCloseTo(expected.loss(), within(1e-9 * Math.abs(expected.loss())));
            assertGradient(network, expected.gradient(), fast.gradient().toDoubles());
        }
    }

    static NetworkPlan plan(Model network, INDArray features) {
        PlanResult result = PlanCompiler.compile(network, example(features));
        assertThat(result).isInstanceOf(PlanResult.Planned.class);
        return ((PlanResult.Planned) result).plan();
    }

    /** Shape of one example. */
    static long[] example(INDArray features) {
        return Arrays.copyOfRange(features.shape(), 1, features.rank());
    }

    static double[][] rows(INDArray array) {
        return array.dup('c')
                .reshape(array.size(0), array.length() / array.size(0))
                .toDoubleMatrix();
    }

    private static Evaluation evaluate(GradientEvaluator evaluator, MultiDataSet data, double[] parameters) {
        Batch batch = Batch.of(data, DataType.DOUBLE);
        try (evaluator;
                PreparedData prepared = evaluator.prepare(batch, batch.examples())) {
            return evaluator.evaluate(prepared, FlatVector.of(parameters));
        }
    }

    /** Over the booked parameters: DL4J writes the updates of running statistics into its gradient. */
    private static void assertGradient(Model network, FlatVector expected, double[] found) {
        assertThat(found).hasSize(expected.length());
        double distance = 0;
        double norm = 0;
        double elsewhere = Arrays.stream(found).map(x -> x * x).sum();
        for (TensorLayout tensor : NetworkLayout.of(network).tensors()) {
            for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                distance += Math.pow(found[i] - expected.get(i), 2);
                norm += Math.pow(expected.get(i), 2);
                elsewhere -= found[i] * found[i];
            }
        }
        assertThat(norm).isPositive();
        assertThat(Math.sqrt(distance / norm)).as("error of the gradient").isLessThanOrEqualTo(1e-9);
        assertThat(elsewhere).as("squares where nothing is booked").isCloseTo(0, within(1e-9 * norm));
    }
}
