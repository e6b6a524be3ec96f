package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.step.FlatVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * The oracle is the textbook: the optimizer run by hand in double on the gradients that DL4J found, with every cause on its
 * own. Parts are checked against it, and against each other by their sum.
 */
class UpdateSplitterTest {
    private static final int STEPS = 6;
    private static final double L2 = 0.03;
    private static final double DECAY = 0.02;
    /** Set layer by layer: given to the whole network, DL4J 1.0.0-M2.1 applies weight decay twice. */
    private static final List<Regularization> REGULARIZATION =
            List.of(new L2Regularization(L2), new WeightDecay(DECAY, true));

    @Test
    void splitsTheUpdatesOfSgd() {
        List<Step> steps = train(new Sgd(0.1));
        for (Step step : steps) {
            assertThat(step.parts()).containsOnlyKeys("gradient", "weight-decay");
            for (int i = 0; i < step.gradient().length; i++) {
                assertClose(step.part("gradient", i), -0.1 * step.gradient()[i]);
                assertClose(step.part("weight-decay", i), -0.1 * step.l2(i) - 0.1 * step.decay(i));
            }
        }
    }

    @Test
    void splitsTheUpdatesOfNesterovsMomentumWithASchedule() {
        double[] velocity = new double[parameters()];
        for (Step step : train(new Nesterovs(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9), 0.8))) {
            double rate = 0.1 * Math.pow(0.9, step.number());
            for (int i = 0; i < velocity.length; i++) {
                // Nesterov: x += −μ v + (1 + μ) v′ with v′ = μ v − η g.
                assertClose(step.part("momentum", i), -0.8 * velocity[i] + 1.8 * 0.8 * velocity[i]);
                assertClose(step.part("gradient", i), -1.8 * rate * step.gradient()[i]);
                assertClose(step.part("weight-decay", i), -1.8 * rate * step.l2(i) - rate * step.decay(i));
                velocity[i] = 0.8 * velocity[i] - rate * (step.gradient()[i] + step.l2(i));
            }
        }
    }

    @Test
    void splitsTheUpdatesOfRmsProp() {
        double[] cache = new double[parameters()];
        Arrays.fill(cache, 1e-3);
        for (Step step : train(new RmsProp(0.01, 0.9, 1e-3))) {
            assertThat(step.parts()).containsOnlyKeys("gradient", "weight-decay");
            for (int i = 0; i < cache.length; i++) {
                double gradient = step.gradient()[i] + step.l2(i);
                cache[i] = 0.9 * cache[i] + 0.1 * gradient * gradient;
                double scale = 0.01 / (Math.sqrt(cache[i]) + 1e-3);
                assertClose(step.part("gradient", i), -scale * step.gradient()[i]);
                assertClose(step.part("weight-decay", i), -scale * step.l2(i) - 0.01 * step.decay(i));
            }
        }
    }

    @Test
    void splitsTheUpdatesOfAdam() {
        double[] m = new double[parameters()];
        double[] v = new double[parameters()];
        for (Step step : train(new Adam(0.01, 0.9, 0.99, 1e-6))) {
            double t = step.number() + 1.0;
            double rate = 0.01 * Math.sqrt(1 - Math.pow(0.99, t)) / (1 - Math.pow(0.9, t));
            for (int i = 0; i < m.length; i++) {
                double gradient = step.gradient()[i] + step.l2(i);
                v[i] = 0.99 * v[i] + 0.01 * gradient * gradient;
                double scale = rate / (Math.sqrt(v[i]) + 1e-6);
                assertClose(step.part("momentum", i), -scale * 0.9 * m[i]);
                assertClose(step.part("gradient", i), -scale * 0.1 * step.gradient()[i]);
                assertClose(step.part("weight-decay", i), -scale * 0.1 * step.l2(i) - 0.01 * step.decay(i));
                m[i] = 0.9 * m[i] + 0.1 * gradient;
            }
        }
    }

    @Test
    void addsUpTheStepsOfAChord() {
        List<Step> single = train(new Nesterovs(0.1, 0.9));
        MultiLayerNetwork network = network(new Nesterovs(0.1, 0.9));
        UpdateSplitter splitter = new UpdateSplitter(network);
        FlatVector start = FlatArrays.copy(network.params());
        network.addListeners(new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                splitter.beforeUpdate();
            }

            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                splitter.afterUpdate();
            }
        });
        fit(network);
        Map<String, double[]> chord = splitter.take(start, FlatArrays.copy(network.params()));

        for (Map.Entry<String, double[]> part : chord.entrySet()) {
            for (int i = 0; i < start.length(); i++) {
                double sum = 0;
                for (Step step : single) {
                    sum += step.part(part.getKey(), i);
                }
                assertClose(part.getValue()[i], sum);
            }
        }
    }

    @Test
    void acceptsAGraphToo() {
        var graph = new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new Nesterovs(0.1, 0.9))
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", output(2, List.of()), "in")
                .setOutputs("out")
                .build();
        ComputationGraph network = new ComputationGraph(graph);
        network.init();
        UpdateSplitter splitter = new UpdateSplitter(network);

        splitter.beforeUpdate();
        splitter.afterUpdate();

        FlatVector at = FlatArrays.copy(network.params());
        assertThat(splitter.take(at, at)).containsOnlyKeys("gradient", "momentum");
    }

    @Test
    void namesAnUnknownOptimizer() {
        assertThatThrownBy(() -> new UpdateSplitter(network(new AMSGrad(0.1))))
                .hasMessage(
                        "update parts: the optimizer must be Sgd, Nesterovs, Adam, RmsProp or NoOp. Found: AMSGrad");
    }

    @Test
    void refusesConstraints() {
        var layers = new NeuralNetConfiguration.Builder()
                .constrainWeights(new MaxNormConstraint(1, 1))
                .list();
        layers.layer(output(2, List.of()));
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();

        assertThatThrownBy(() -> new UpdateSplitter(network))
                .hasMessageStartingWith("update parts: must be a network without constraints. Found: [MaxNorm");
    }

    /** Gradient of the mean data loss and weights before a step, and what the splitter said of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Step(
            int number, double[] gradient, double[] weights, boolean[] decays, Map<String, double[]> parts) {
        double part(String name, int i) {
            return Objects.requireNonNull(parts.get(name))[i];
        }

        double l2(int i) {
            return decays[i] ? L2 * weights[i] : 0;
        }

        double decay(int i) {
            return decays[i] ? DECAY * weights[i] : 0;
        }
    }

    private static List<Step> train(IUpdater updater) {
        MultiLayerNetwork network = network(updater);
        UpdateSplitter splitter = new UpdateSplitter(network);
        List<double[]> gradients = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        List<Map<String, double[]>> parts = new ArrayList<>();
        network.addListeners(new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                double[] sum = FlatArrays.toDoubles(network.getFlattenedGradients());
                for (int i = 0; i < sum.length; i++) {
                    sum[i] /= model.batchSize();
                }
                gradients.add(sum);
                weights.add(FlatArrays.toDoubles(model.params()));
                splitter.beforeUpdate();
            }

            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                splitter.afterUpdate();
                parts.add(
                        splitter.take(FlatVector.of(weights.get(weights.size() - 1)), FlatArrays.copy(model.params())));
            }
        });
        fit(network);
        boolean[] decays = new boolean[parameters()];
        NetworkLayout.of(network).tensors().stream()
                .filter(tensor -> tensor.name().endsWith("_W"))
                .forEach(tensor -> Arrays.fill(decays, tensor.offset(), tensor.offset() + tensor.count(), true));
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            steps.add(new Step(i, gradients.get(i), weights.get(i), decays, parts.get(i)));
        }
        return steps;
    }

    private static void fit(MultiLayerNetwork network) {
        for (int step = 0; step < STEPS; step++) {
            network.fit(TestNetworks.data(20, step));
        }
    }

    private static int parameters() {
        return (int) network(new Sgd(0.1)).numParams();
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        var layers = new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list();
        layers.layer(new DenseLayer.Builder()
                .nIn(TestNetworks.INPUTS)
                .nOut(4)
                .activation(Activation.TANH)
                .regularization(REGULARIZATION)
                .build());
        layers.layer(output(4, REGULARIZATION));
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        return network;
    }

    private static Layer output(int inputs, List<Regularization> regularization) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(TestNetworks.CLASSES)
                .activation(Activation.SOFTMAX)
                .regularization(regularization)
                .build();
    }

    private static void assertClose(double found, double expected) {
        assertThat(found).isCloseTo(expected, within(1e-10 * Math.abs(expected) + 1e-13));
    }
}
