package io.lossledger.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.trainer.LayerSettings;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Preset;
import io.lossledger.trainer.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class ModelOptionsTest {
    @Test
    void keepsItsDefaults() {
        assertThat(parse("")).isEqualTo(ModelSettings.of(Preset.MNIST_FC, Optimizer.SGD));
    }

    @ParameterizedTest
    @EnumSource
    void takesTheLearningRateOfNetworkAndOptimizer(Preset preset) {
        for (Optimizer optimizer : Optimizer.values()) {
            assertThat(parse("--network " + preset + " --optimizer " + optimizer))
                    .isEqualTo(ModelSettings.of(preset, optimizer));
        }
    }

    @Test
    void readsEveryOption() {
        assertThat(parse("--network mnist-lenet --optimizer momentum --learning-rate 0.3 --momentum 0.8 --l2 0.01"
                        + " --schedule step:0.1@100,0.01@200 --layer output:frozen --layer conv1:lr=0.1,momentum=0.5"))
                .isEqualTo(new ModelSettings(
                        Preset.MNIST_LENET,
                        Optimizer.MOMENTUM,
                        0.3,
                        0.8,
                        0.01,
                        0,
                        Schedule.parse("step:0.1@100,0.01@200"),
                        List.of(
                                LayerSettings.parse("output:frozen"),
                                LayerSettings.parse("conv1:lr=0.1,momentum=0.5"))));
        assertThat(parse("--weight-decay 0.02").weightDecay()).isEqualTo(0.02);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            --network vgg;              Invalid value for option '--network': must be one of mnist-fc, mnist-lenet, \
            cifar-resnet20, cifar-allcnn. Found: vgg
            --optimizer adagrad;        Invalid value for option '--optimizer': must be one of sgd, momentum, rmsprop, \
            adam. Found: adagrad
            --learning-rate fast;       Invalid value for option '--learning-rate': 'fast' is not a double
            --learning-rate 0;          learning-rate: must be above 0. Found: 0.0
            --momentum 0.5;             --momentum: must not be set unless --optimizer is momentum. Found: 0.5
            --l2 -1;                    l2: must be at least 0. Found: -1.0
            --weight-decay -1;          weight-decay: must be at least 0. Found: -1.0
            --l2 1 --weight-decay 2;    weight-decay: must be 0 when l2 is not. Found: 2.0
            --schedule cosine:x;        schedule: must have a whole number from 1 in place of 'x'. Found: cosine:x
            --layer fc3:frozen;         layer: must be one of fc1, fc2, output in mnist-fc. Found: fc3
            --layer fc1;                layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: fc1
            """, quoteCharacter = '"')
    void namesWhatIsWrong(String line, String message) {
        assertThatThrownBy(() -> parse(line)).hasMessage(message);
    }

    private static ModelSettings parse(String line) {
        ModelOptions options = new ModelOptions();
        new CommandLine(options).parseArgs(line.isEmpty() ? new String[0] : line.split(" ", -1));
        return options.settings();
    }
}
