package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.trainer.data.GeneratedDigits;
import io.lossledger.trainer.data.GeneratedShapes;
import io.lossledger.trainer.data.ImageSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

@Tag("long")
class PresetTest {
    private static final ImageSet DIGITS =
            GeneratedDigits.generatePortable(1, 200, 1).train();
    private static final ImageSet SHAPES = GeneratedShapes.generate(1, 100, 1).train();

    @ParameterizedTest
    @CsvSource({
        "MNIST_FC,       84060,   784*100+100 + 100*50+50 + 50*10+10",
        "MNIST_LENET,    808970,  5*5*20+20 + 5*5*20*40+40 + 7*7*40*400+400 + 400*10+10",
        "CIFAR_RESNET20, 273066,  paper",
        "CIFAR_ALLCNN,   1371658, paper"
    })
    void hasThePapersNumberOfParameters(Preset preset, long parameters, String sum) {
        long booked = 0;
        for (Layer layer : layers(create(preset))) {
            for (Map.Entry<String, INDArray> tensor : layer.paramTable().entrySet()) {
                booked += isRunningStatistic(tensor.getKey())
                        ? 0
                        : tensor.getValue().length();
            }
        }
        assertThat(booked).as(sum).isEqualTo(parameters);
    }

    @ParameterizedTest
    @EnumSource
    void listsItsLayersWithParameters(Preset preset) {
        List<String> names = new ArrayList<>();
        for (Layer layer : layers(create(preset))) {
            if (layer.numParams() > 0) {
                names.add(layer.conf().getLayer().getLayerName());
            }
        }
        assertThat(preset.layers()).containsExactlyInAnyOrderElementsOf(names).doesNotHaveDuplicates();
    }

    @Test
    void namesLayersInTheUsualWay() {
        assertThat(Preset.MNIST_FC.layers()).containsExactly("fc1", "fc2", "output");
        assertThat(Preset.MNIST_LENET.layers()).containsExactly("conv1", "conv2", "fc1", "output");
        assertThat(Preset.CIFAR_RESNET20.layers())
                .hasSize(41)
                .startsWith("conv1", "bn1", "s1b1_conv1", "s1b1_bn1", "s1b1_conv2", "s1b1_bn2", "s1b2_conv1")
                .contains("s2b1_shortcut", "s3b1_shortcut")
                .endsWith("s3b3_bn2", "output");
        assertThat(Preset.CIFAR_ALLCNN.layers())
                .containsExactly(
                        "conv1", "bn1", "conv2", "bn2", "conv3", "conv4", "bn4", "conv5", "bn5", "conv6", "conv7",
                        "bn7", "conv8", "bn8", "conv9");
    }

    /** He et al.: a variance of 2 / inputs. */
    @ParameterizedTest
    @EnumSource
    void startsAsHeAndOthersSay(Preset preset) {
        for (Layer layer : layers(create(preset))) {
            INDArray weights = layer.paramTable().get("W");
            if (weights == null || weights.length() < 2_000) {
                continue;
            }
            long inputs = weights.rank() == 2 ? weights.size(0) : weights.length() / weights.size(0);
            double expected = Math.sqrt(2.0 / inputs);
            assertThat(weights.stdNumber().doubleValue()).isBetween(0.9 * expected, 1.1 * expected);
            assertThat(layer.getParam("b").maxNumber().doubleValue()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void startsTheSameForTheSameSeed(Preset preset) {
        float[] parameters = create(preset).params().toFloatVector();

        assertThat(create(preset).params().toFloatVector()).isEqualTo(parameters);
        assertThat(Networks.create(ModelSettings.of(preset, Optimizer.SGD), images(preset), 2)
                        .params()
                        .toFloatVector())
                .isNotEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"MNIST_FC, 100, 20", "MNIST_LENET, 20, 15", "CIFAR_RESNET20, 10, 12", "CIFAR_ALLCNN, 10, 12"})
    void learns(Preset preset, int images, int steps) {
        ImageSet set = PresetImages.of(preset, preset.takesColour() ? 100 : 200);
        Model network = Networks.create(ModelSettings.of(preset, Optimizer.MOMENTUM), set, 1);
        DataSet batch = TrainingSet.rows(set.first(images), StratifiedSample.of(set.first(images), 0, 1));
        fit(network, batch);
        double first = network.score();
        for (int step = 1; step < steps; step++) {
            fit(network, batch);
        }

        assertThat(first).isBetween(1.5, 8.0);
        assertThat(network.score()).isLessThan(0.7 * first);
    }

    @Test
    void acceptsOtherSizesOfGreyImages() {
        ImageSet small = ImageSet.of(new byte[2 * 13 * 9], new byte[] {0, 1}, 1, 13, 9, 4);
        for (Preset preset : List.of(Preset.MNIST_FC, Preset.MNIST_LENET)) {
            Model network = Networks.create(ModelSettings.of(preset, Optimizer.SGD), small, 1);
            fit(network, TrainingSet.rows(small, new int[] {0, 1}));
            assertThat(network.score()).isFinite();
        }
    }

    @Test
    void refusesImagesThatDoNotFit() {
        assertRefused(
                Preset.MNIST_FC,
                SHAPES,
                "network: mnist-fc needs images of 1 channel and at least 4 x 4 pixels. Found: 3x32x32");
        assertRefused(
                Preset.CIFAR_RESNET20,
                DIGITS,
                "network: cifar-resnet20 needs images of 3 channels and at least 4 x 4 pixels. Found: 1x28x28");
        assertRefused(
                Preset.MNIST_LENET,
                ImageSet.of(new byte[12], new byte[1], 1, 3, 4, 10),
                "network: mnist-lenet needs images of 1 channel and at least 4 x 4 pixels. Found: 1x3x4");
    }

    @Test
    void describesItself() {
        assertThat(Networks.describe(ModelSettings.of(Preset.MNIST_FC, Optimizer.SGD), DIGITS))
                .isEqualTo("mnist-fc 784-100-50-10");
        assertThat(Networks.describe(ModelSettings.of(Preset.CIFAR_ALLCNN, Optimizer.SGD), SHAPES))
                .isEqualTo("cifar-allcnn 3x32x32-10");
    }

    private static void assertRefused(Preset preset, ImageSet images, String message) {
        assertThatThrownBy(() -> Networks.create(ModelSettings.of(preset, Optimizer.SGD), images, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static Model create(Preset preset) {
        return Networks.create(ModelSettings.of(preset, Optimizer.SGD), images(preset), 1);
    }

    private static ImageSet images(Preset preset) {
        return preset.takesColour() ? SHAPES : DIGITS;
    }

    private static boolean isRunningStatistic(String name) {
        return name.equals("mean") || name.equals("var") || name.equals("log10stdev");
    }

    private static List<Layer> layers(Model network) {
        return Arrays.asList(
                network instanceof ComputationGraph graph
                        ? graph.getLayers()
                        : ((MultiLayerNetwork) network).getLayers());
    }

    private static void fit(Model network, DataSet batch) {
        if (network instanceof ComputationGraph graph) {
            graph.fit(batch);
        } else {
            ((MultiLayerNetwork) network).fit(batch);
        }
    }
}
