package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.trainer.data.GeneratedDigits;
import io.lossledger.trainer.data.ImageSet;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ImageSet DIGITS =
            GeneratedDigits.generatePortable(1, 10, 1).train();

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            constant;                0; 0.2
            constant;             9999; 0.2
            step:0.1@10,0.5@20;      9; 0.2
            step:0.1@10,0.5@20;     10; 0.02
            step:0.1@10,0.5@20;     19; 0.02
            step:0.1@10,0.5@20;     20; 0.1
            step:0.1@10,0.5@20;   9999; 0.1
            exponential:0.9;         0; 0.2
            exponential:0.9;         3; 0.1458
            cosine:8;                0; 0.2
            cosine:8;                2; 0.17071067811865476
            cosine:8;                4; 0.1
            cosine:8;                8; 0
            cosine:8;              999; 0
            """)
    void givesTheRateOfItsFormula(String text, int step, double rate) {
        for (Optimizer optimizer : Optimizer.values()) {
            ModelSettings settings = scheduled(optimizer, Schedule.parse(text));
            assertThat(new LayerUpdaters(settings).common().getLearningRate(step, 0))
                    .isCloseTo(rate, within(1e-15));
        }
    }

    /** What moves the parameters: with plain SGD a step is the rate times a gradient that no optimizer changes. */
    @Test
    void countsStepsFromZeroInTraining() {
        ModelSettings late = scheduled(Optimizer.SGD, Schedule.parse("step:0.5@2"));
        ModelSettings constant = scheduled(Optimizer.SGD, Schedule.CONSTANT);
        MultiLayerNetwork scheduled = (MultiLayerNetwork) Networks.create(late, DIGITS, 1);
        MultiLayerNetwork plain = (MultiLayerNetwork) Networks.create(constant, DIGITS, 1);
        for (int step = 0; step < 2; step++) {
            scheduled.fit(TrainingSet.rows(DIGITS, new int[] {0, 1, 2}));
            plain.fit(TrainingSet.rows(DIGITS, new int[] {0, 1, 2}));
            assertThat(scheduled.params().toFloatVector())
                    .isEqualTo(plain.params().toFloatVector());
        }
        scheduled.fit(TrainingSet.rows(DIGITS, new int[] {0, 1, 2}));
        plain.fit(TrainingSet.rows(DIGITS, new int[] {0, 1, 2}));
        assertThat(scheduled.params()).isNotEqualTo(plain.params());
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "step:0.1@10", "step:0.1@10,0.5@200", "exponential:0.99", "cosine:100"})
    void writesWhatItReads(String text) {
        assertThat(Schedule.parse(text)).hasToString(text).isEqualTo(Schedule.parse(text));
    }

    @ParameterizedTest
    @EnumSource
    void survivesStoringTheNetwork(Optimizer optimizer) {
        for (String text : List.of("step:0.1@10", "exponential:0.9", "cosine:8")) {
            ModelSettings settings = scheduled(optimizer, Schedule.parse(text));
            MultiLayerNetwork network = (MultiLayerNetwork) Networks.create(settings, DIGITS, 1);
            String json = network.getLayerWiseConfigurations().toJson();
            assertThat(MultiLayerConfiguration.fromJson(json)).isEqualTo(network.getLayerWiseConfigurations());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            linear;           must be constant, step:FACTOR@STEP[,FACTOR@STEP...], exponential:GAMMA or cosine:STEPS
            constant:1;       must be constant, step:FACTOR@STEP[,FACTOR@STEP...], exponential:GAMMA or cosine:STEPS
            step:0.1;         must be step:FACTOR@STEP[,FACTOR@STEP...]
            step:0.1@5,;      must be step:FACTOR@STEP[,FACTOR@STEP...]
            step:x@5;         must have a number above 0 in place of 'x'
            step:0@5;         must have a number above 0 in place of '0'
            step:0.1@0;       must have a whole number from 1 in place of '0'
            step:0.1@5,0.2@5; must have steps that ascend
            exponential:-1;   must have a number above 0 in place of '-1'
            exponential:NaN;  must have a number above 0 in place of 'NaN'
            cosine:;          must have a whole number from 1 in place of ''
            cosine:1.5;       must have a whole number from 1 in place of '1.5'
            """, quoteCharacter = '"')
    void namesWhatIsWrong(String text, String rule) {
        assertThatThrownBy(() -> Schedule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schedule: " + rule + ". Found: " + text);
    }

    private static ModelSettings scheduled(Optimizer optimizer, Schedule schedule) {
        return new ModelSettings(Preset.MNIST_FC, optimizer, 0.2, 0.9, 0, 0, schedule, List.of());
    }
}
