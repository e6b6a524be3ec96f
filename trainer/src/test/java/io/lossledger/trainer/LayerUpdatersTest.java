package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.trainer.data.GeneratedDigits;
import io.lossledger.trainer.data.ImageSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Nesterovs;

class LayerUpdatersTest {
    private static final ImageSet DIGITS =
            GeneratedDigits.generatePortable(1, 100, 1).train();
    private static final String SECOND = "1_";

    @ParameterizedTest
    @EnumSource
    void keepsAFrozenLayerAsItWasInitialised(Optimizer optimizer) {
        for (double[] penalty : new double[][] {{0, 0}, {0.1, 0}, {0, 0.1}}) {
            ModelSettings settings = settings(optimizer, 0.01, penalty[0], penalty[1], "fc2:frozen");
            MultiLayerNetwork start = network(settings);
            MultiLayerNetwork end = trained(settings, 5);
            assertThat(bits(end.getParam("1_W"))).isEqualTo(bits(start.getParam("1_W")));
            assertThat(bits(end.getParam("1_b"))).isEqualTo(bits(start.getParam("1_b")));
            assertThat(end.getParam("0_W")).isNotEqualTo(start.getParam("0_W"));
            assertThat(end.getParam("2_W")).isNotEqualTo(start.getParam("2_W"));
        }
    }

    /** In the first step the other layers see the same gradient; afterwards they must differ. */
    @ParameterizedTest
    @EnumSource
    void trainsTheOthersAsWithoutAFrozenLayer(Optimizer optimizer) {
        ModelSettings frozen = settings(optimizer, 0.01, 0.1, 0, "fc2:frozen");
        ModelSettings plain = settings(optimizer, 0.01, 0.1, 0);

        assertSameButSecond(trained(frozen, 1), trained(plain, 1));
        assertThat(trained(frozen, 3).getParam("0_W"))
                .isNotEqualTo(trained(plain, 3).getParam("0_W"));
    }

    @ParameterizedTest
    @EnumSource
    void multipliesTheLearningRateOfOneLayer(Optimizer optimizer) {
        MultiLayerNetwork slowed = trained(settings(optimizer, 0.01, 0, 0, "fc2:lr=0.25"), 1);
        MultiLayerNetwork plain = trained(settings(optimizer, 0.01, 0, 0), 1);
        MultiLayerNetwork slow = trained(settings(optimizer, 0.0025, 0, 0), 1);

        assertThat(bits(slowed.getParam("1_W"))).isEqualTo(bits(slow.getParam("1_W")));
        assertThat(slowed.getParam("1_W")).isNotEqualTo(plain.getParam("1_W"));
        assertSameButSecond(slowed, plain);
    }

    @ParameterizedTest
    @EnumSource
    void changesNothingWithAFactorOfOne(Optimizer optimizer) {
        assertThat(bits(trained(settings(optimizer, 0.01, 0, 0.1, "fc2:lr=1"), 5)
                        .params()))
                .isEqualTo(bits(trained(settings(optimizer, 0.01, 0, 0.1), 5).params()));
    }

    @Test
    void multipliesASchedule() {
        ModelSettings settings = new ModelSettings(
                Preset.MNIST_FC,
                Optimizer.MOMENTUM,
                0.2,
                0.9,
                0,
                0,
                Schedule.parse("exponential:0.5"),
                List.of(LayerSettings.parse("output:lr=0.1,momentum=0.3")));
        MultiLayerNetwork network = network(settings);

        assertThat(updater(network, 0).getLearningRate(3, 0)).isCloseTo(0.025, within(1e-15));
        assertThat(updater(network, 0).getMomentum()).isEqualTo(0.9);
        assertThat(updater(network, 2).getLearningRate(3, 0)).isCloseTo(0.0025, within(1e-15));
        assertThat(updater(network, 2).getMomentum()).isEqualTo(0.3);
    }

    /** SGD with decay X and rate η: w' = w - ηg - ηXw. */
    @Test
    void subtractsWeightDecayFromTheWeights() {
        INDArray start = network(settings(Optimizer.SGD, 0.01, 0, 0)).getParam("0_W");
        INDArray plain = trained(settings(Optimizer.SGD, 0.01, 0, 0), 1).getParam("0_W");
        INDArray decayed = trained(settings(Optimizer.SGD, 0.01, 0, 0.5), 1).getParam("0_W");
        INDArray regularised = trained(settings(Optimizer.SGD, 0.01, 0.5, 0), 1).getParam("0_W");

        INDArray expected = start.mul(0.01 * 0.5);
        assertThat(plain.sub(decayed).distance2(expected))
                .isLessThan(1e-4 * expected.norm2Number().doubleValue());
        assertThat(plain.sub(regularised).distance2(expected))
                .isLessThan(1e-4 * expected.norm2Number().doubleValue());
    }

    @Test
    void freezesLayersOfAGraph() {
        ImageSet images = noise();
        List<LayerSettings> layers = Stream.of("s2b1_conv1:frozen", "s2b1_bn1:frozen", "output:lr=0.5")
                .map(LayerSettings::parse)
                .toList();
        ModelSettings settings = new ModelSettings(
                Preset.CIFAR_RESNET20, Optimizer.MOMENTUM, 0.05, 0.9, 1e-4, 0, Schedule.CONSTANT, layers);
        ModelSettings plain = new ModelSettings(
                Preset.CIFAR_RESNET20, Optimizer.MOMENTUM, 0.05, 0.9, 1e-4, 0, Schedule.CONSTANT, List.of());
        ComputationGraph start = (ComputationGraph) Networks.create(settings, images, 1);
        ComputationGraph frozen = (ComputationGraph) Networks.create(settings, images, 1);
        ComputationGraph free = (ComputationGraph) Networks.create(plain, images, 1);
        frozen.fit(TrainingSet.rows(images, new int[] {0, 1, 2, 3}));
        free.fit(TrainingSet.rows(images, new int[] {0, 1, 2, 3}));

        for (Map.Entry<String, INDArray> tensor : frozen.paramTable().entrySet()) {
            String name = tensor.getKey();
            boolean stays = name.startsWith("s2b1_conv1") || name.matches("s2b1_bn1_(gamma|beta)");
            INDArray expected = stays ? start.getParam(name) : free.getParam(name);
            if (!name.startsWith("output")) {
                assertThat(bits(tensor.getValue())).as(name).isEqualTo(bits(expected));
            }
        }
        assertThat(free.getParam("s2b1_conv1_W")).isNotEqualTo(start.getParam("s2b1_conv1_W"));
        assertThat(free.getParam("s2b1_bn1_beta")).isNotEqualTo(start.getParam("s2b1_bn1_beta"));
        assertThat(frozen.getParam("output_W")).isNotEqualTo(free.getParam("output_W"));
    }

    /** Four small pictures: a residual network takes any size. */
    private static ImageSet noise() {
        byte[] pixels = new byte[4 * 3 * 8 * 8];
        new Random(1).nextBytes(pixels);
        return ImageSet.of(pixels, new byte[] {0, 1, 2, 3}, 3, 8, 8, 10);
    }

    private static void assertSameButSecond(MultiLayerNetwork network, MultiLayerNetwork other) {
        for (Map.Entry<String, INDArray> tensor : network.paramTable().entrySet()) {
            if (!tensor.getKey().startsWith(SECOND)) {
                assertThat(bits(tensor.getValue()))
                        .as(tensor.getKey())
                        .isEqualTo(bits(other.getParam(tensor.getKey())));
            }
        }
    }

    /** ND4J calls arrays equal that differ by less than 1e-5. */
    private static float[] bits(INDArray array) {
        return array.reshape(array.length()).toFloatVector();
    }

    private static Nesterovs updater(MultiLayerNetwork network, int layer) {
        return (Nesterovs) ((BaseLayer) network.getLayer(layer).conf().getLayer()).getIUpdater();
    }

    private static MultiLayerNetwork network(ModelSettings settings) {
        return (MultiLayerNetwork) Networks.create(settings, DIGITS, 1);
    }

    private static MultiLayerNetwork trained(ModelSettings settings, int steps) {
        MultiLayerNetwork network = network(settings);
        for (int step = 0; step < steps; step++) {
            network.fit(TrainingSet.rows(DIGITS, StratifiedSample.of(DIGITS, 20, step)));
        }
        return network;
    }

    private static ModelSettings settings(Optimizer optimizer, double rate, double l2, double decay, String... layers) {
        return new ModelSettings(
                Preset.MNIST_FC,
                optimizer,
                rate,
                0.9,
                l2,
                decay,
                Schedule.CONSTANT,
                Stream.of(layers).map(LayerSettings::parse).toList());
    }
}
