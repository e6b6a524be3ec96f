package io.lossledger.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.evaluate.EvaluatorChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class MeasureOptionsTest {
    @Test
    void choosesTheEvaluatorByTheNetworkAndVerifiesIt() {
        MeasureOptions options = parse();

        assertThat(options.evaluating.evaluator).isEqualTo(EvaluatorChoice.AUTO);
        assertThat(options.evaluating.verify).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void readsTheEvaluator(EvaluatorChoice choice) {
        assertThat(parse("--evaluator", choice.toString()).evaluating.evaluator).isEqualTo(choice);
    }

    @Test
    void trustsTheEvaluatorWhenAsked() {
        assertThat(parse("--no-verify-evaluator").evaluating.verify).isFalse();
        assertThat(parse("--verify-evaluator").evaluating.verify).isTrue();
    }

    @Test
    void namesAnEvaluatorThatThereIsNot() {
        assertThatThrownBy(() -> parse("--evaluator", "cuda"))
                .isInstanceOf(ParameterException.class)
                .hasMessage("Invalid value for option '--evaluator': must be one of auto, blas, dl4j. Found: cuda");
    }

    private static MeasureOptions parse(String... arguments) {
        MeasureOptions options = new MeasureOptions();
        new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        return options;
    }
}
