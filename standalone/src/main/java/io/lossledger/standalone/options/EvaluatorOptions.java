package io.lossledger.standalone.options;

import io.lossledger.producer.evaluate.EvaluatorChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What evaluates the objectives of a trainer or worker. */
@OptionGroup("Measuring")
public final class EvaluatorOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that evaluate the objectives. Default: one per CPU core")
    @Nullable
    Integer threads;

    @Option(
            names = "--evaluator",
            paramLabel = "NAME",
            defaultValue = "auto",
            converter = EvaluatorName.class,
            description = "Evaluator: blas is fast and knows common layers, dl4j takes any network, auto chooses blas"
                    + " where it knows the network. Default: ${DEFAULT-VALUE}")
    public EvaluatorChoice evaluator = EvaluatorChoice.AUTO;

    @Option(
            names = "--verify-evaluator",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Checks gradients on a few examples at the start: those of dl4j against finite differences, those of blas against dl4j. Default: on")
    public boolean verify = true;

    /** The number of threads; whoever uses it checks it. */
    public int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
