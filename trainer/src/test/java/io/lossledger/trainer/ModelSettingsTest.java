package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSettingsTest {
    @Test
    void keepsItsDefaults() {
        assertThat(ModelSettings.DEFAULT_NETWORK).isEqualTo(Preset.MNIST_FC);
        assertThat(ModelSettings.DEFAULT_OPTIMIZER).isEqualTo(Optimizer.SGD);
        assertThat(ModelSettings.of(Preset.MNIST_FC, Optimizer.MOMENTUM))
                .isEqualTo(new ModelSettings(
                        Preset.MNIST_FC, Optimizer.MOMENTUM, 0.02, 0.9, 0, 0, Schedule.CONSTANT, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "MNIST_FC,       0.05, 0.02, 0.001, 0.001",
        "MNIST_LENET,    0.05, 0.02, 0.001, 0.001",
        "CIFAR_RESNET20, 0.1,  0.02, 0.001, 0.001",
        "CIFAR_ALLCNN,   0.05, 0.02, 0.001, 0.001"
    })
    void keepsItsDefaultLearningRates(Preset preset, double sgd, double momentum, double rmsprop, double adam) {
        assertThat(preset.defaultLearningRate(Optimizer.SGD)).isEqualTo(sgd);
        assertThat(preset.defaultLearningRate(Optimizer.MOMENTUM)).isEqualTo(momentum);
        assertThat(preset.defaultLearningRate(Optimizer.RMSPROP)).isEqualTo(rmsprop);
        assertThat(preset.defaultLearningRate(Optimizer.ADAM)).isEqualTo(adam);
    }

    @Test
    void describesSettingsThatDifferFromTheDefaults() {
        assertThat(ModelSettings.of(Preset.MNIST_FC, Optimizer.ADAM).describe()).isEqualTo("adam(learning-rate=0.001)");
        assertThat(settings(Optimizer.MOMENTUM, 0.1, 0.8, 0.5, 0, "output:lr=0.1,momentum=0.5", "fc1:frozen")
                        .describe())
                .isEqualTo("momentum(learning-rate=0.1,momentum=0.8,l2=0.5,schedule=cosine:9,"
                        + "layer=output:lr=0.1,momentum=0.5,layer=fc1:frozen)");
        assertThat(settings(Optimizer.SGD, 0.1, 0.8, 0, 0.25).describe())
                .isEqualTo("sgd(learning-rate=0.1,weight-decay=0.25,schedule=cosine:9)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            0;        0.9;  0;  0;   learning-rate: must be above 0. Found: 0.0
            NaN;      0.9;  0;  0;   learning-rate: must be above 0. Found: NaN
            Infinity; 0.9;  0;  0;   learning-rate: must be above 0. Found: Infinity
            0.1;      1;    0;  0;   momentum: must be from 0 to below 1. Found: 1.0
            0.1;      -0.1; 0;  0;   momentum: must be from 0 to below 1. Found: -0.1
            0.1;      0.9;  -1; 0;   l2: must be at least 0. Found: -1.0
            0.1;      0.9;  0;  NaN; weight-decay: must be at least 0. Found: NaN
            0.1;      0.9;  1;  2;   weight-decay: must be 0 when l2 is not. Found: 2.0
            """)
    void namesWhatIsOutOfRange(double rate, double momentum, double l2, double decay, String message) {
        assertThatThrownBy(() -> settings(Optimizer.SGD, rate, momentum, l2, decay))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void namesAnUnknownLayer() {
        assertThatThrownBy(() -> settings(Optimizer.SGD, 0.1, 0.9, 0, 0, "fc3:frozen"))
                .hasMessage("layer: must be one of fc1, fc2, output in mnist-fc. Found: fc3");
        assertThatThrownBy(() -> settings(Optimizer.SGD, 0.1, 0.9, 0, 0, "fc1:frozen", "fc1:lr=2"))
                .hasMessage("layer: must name each layer once. Found: fc1");
        assertThatThrownBy(() -> settings(Optimizer.ADAM, 0.1, 0.9, 0, 0, "fc1:momentum=0.5"))
                .hasMessage(
                        "layer: must not set momentum unless optimizer is momentum. Found: fc1:lr=1.0,momentum=0.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"output:frozen", "fc1:lr=0.1", "s1b1_conv1:lr=2.0,momentum=0.5"})
    void writesALayerAsItReadsIt(String text) {
        assertThat(LayerSettings.parse(text)).hasToString(text);
        assertThat(LayerSettings.parse("fc1:momentum=0.5,lr=3")).hasToString("fc1:lr=3.0,momentum=0.5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            output;               layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: output
            :frozen;              layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: :frozen
            fc1:;                 layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: fc1:
            fc1:lr=x;             layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: fc1:lr=x
            fc1:lr=1,lr=2;        layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: fc1:lr=1,lr=2
            fc1:frozen,lr=1;      layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: fc1:frozen,lr=1
            fc1:lr=0;             layer fc1: must have a factor above 0. Found: 0.0
            fc1:momentum=1;       layer fc1: must have a momentum from 0 to below 1. Found: 1.0
            """, quoteCharacter = '"')
    void namesALayerSettingThatIsWrong(String text, String message) {
        assertThatThrownBy(() -> LayerSettings.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static ModelSettings settings(
            Optimizer optimizer, double rate, double momentum, double l2, double decay, String... layers) {
        return new ModelSettings(
                Preset.MNIST_FC,
                optimizer,
                rate,
                momentum,
                l2,
                decay,
                Schedule.parse("cosine:9"),
                Stream.of(layers).map(LayerSettings::parse).toList());
    }
}
