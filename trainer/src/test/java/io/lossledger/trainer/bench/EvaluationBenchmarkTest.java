package io.lossledger.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.trainer.Preset;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvaluationBenchmarkTest {
    @Test
    void weightsClassesSoThatTheyAddUpToTheWhole() throws IOException {
        try (EvaluationBenchmark benchmark = new EvaluationBenchmark(settings(Preset.MNIST_FC, 60))) {
            EvaluationBenchmark.Result whole = benchmark.evaluate();
            EvaluationBenchmark.Result classes = benchmark.evaluateClasses();

            assertThat(whole.nanos()).isPositive();
            assertThat(whole.loss()).isBetween(1.0, 10.0);
            assertThat(classes.loss()).isCloseTo(whole.loss(), within(1e-12));
            assertThat(classes.gradient().toDoubles())
                    .containsExactly(whole.gradient().toDoubles(), within(1e-12));
        }
    }

    @Test
    void generatesTheRequestedNumberOfImages() throws IOException {
        try (EvaluationBenchmark more = new EvaluationBenchmark(settings(Preset.MNIST_LENET, 5_010));
                EvaluationBenchmark usual = new EvaluationBenchmark(settings(Preset.MNIST_LENET, 0))) {
            assertThat(more.sample()).hasSize(5_010).startsWith(0, 1, 2);
            assertThat(usual.sample()).hasSize(5_000);
            assertThat(pixels(more, 4_999)).isEqualTo(pixels(usual, 4_999));
        }
    }

    @Test
    void keepsTheRequestedPrecision() throws IOException {
        EvaluationSettings single = new EvaluationSettings(
                Preset.MNIST_FC,
                Optional.empty(),
                10,
                500,
                ElementType.ELEMENT_TYPE_FLOAT32,
                EvaluatorChoice.AUTO,
                1,
                1);
        try (EvaluationBenchmark benchmark = new EvaluationBenchmark(single)) {
            FlatVector gradient = benchmark.evaluate().gradient();
            assertThat(gradient.elementType()).isEqualTo(ElementType.ELEMENT_TYPE_FLOAT32);
            assertThat(benchmark.parameters().elementType()).isEqualTo(ElementType.ELEMENT_TYPE_FLOAT32);
        }
    }

    @Test
    void namesASettingThatIsTooSmall() {
        assertThatThrownBy(() -> settings(Preset.MNIST_FC, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("examples: must be at least 0. Found: -1");
        assertThatThrownBy(() -> new EvaluationSettings(
                        Preset.MNIST_FC,
                        Optional.empty(),
                        1,
                        500,
                        ElementType.ELEMENT_TYPE_FLOAT32,
                        EvaluatorChoice.AUTO,
                        0,
                        1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads: must be at least 1. Found: 0");
    }

    private static EvaluationSettings settings(Preset network, int examples) {
        return new EvaluationSettings(
                network, Optional.empty(), examples, 500, ElementType.ELEMENT_TYPE_FLOAT64, EvaluatorChoice.AUTO, 2, 1);
    }

    private static float[] pixels(EvaluationBenchmark benchmark, int index) {
        float[] pixels = new float[benchmark.images().pixelsPerImage()];
        benchmark.images().copyPixels(index, pixels, 0);
        return pixels;
    }
}
