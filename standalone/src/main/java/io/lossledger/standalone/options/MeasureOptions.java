package io.lossledger.standalone.options;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.trainer.ObjectiveChoice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** What of a training is measured, how exactly, and what that may cost. */
public final class MeasureOptions {
    @Option(
            names = "--objective",
            paramLabel = "NAME",
            split = ",",
            defaultValue = ObjectiveChoice.TRAIN,
            description = "Losses to measure: train, validation, sampled, class=K, classes. Default: ${DEFAULT-VALUE}")
    List<String> objectives = List.of(ObjectiveChoice.TRAIN);

    @Option(
            names = "--objective-size",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Take the train loss over a stratified sample of N images; 0: over all. Default: ${DEFAULT-VALUE}")
    int objectiveSize;

    @Option(
            names = "--sample-size",
            paramLabel = "N",
            defaultValue = "250",
            description = "Images that the objective sampled draws anew in each step, even. Default: ${DEFAULT-VALUE}")
    int sampleSize = 250;

    @Option(
            names = "--chunk-examples",
            paramLabel = "N",
            description =
                    "Images that an objective evaluates together: with batch norm, those that its statistics are taken over,"
                            + " so that another number is another loss. Default: 500, or 250 for cifar-*")
    @Nullable
    Integer chunkExamples;

    @Option(
            names = "--every",
            paramLabel = "K",
            defaultValue = "1",
            description = "Measure the chord over K steps at a time. Default: ${DEFAULT-VALUE}")
    int every = 1;

    @Option(
            names = "--rule",
            paramLabel = "NAME",
            defaultValue = "rk4",
            description = "One of: rk4, first-order (for comparison). Default: ${DEFAULT-VALUE}")
    MeasureSettings.Rule rule = MeasureSettings.Rule.RK4;

    @Option(
            names = "--max-splits",
            paramLabel = "N",
            defaultValue = "2",
            description = {
                "Refine a step that is not accurate enough to at most N splits: 4, 8, 16 or 32.",
                "Default: ${DEFAULT-VALUE}, one RK4 step"
            })
    int maxSplits = 2;

    @Option(
            names = "--absolute-tolerance",
            paramLabel = "X",
            defaultValue = "" + MeasureSettings.DEFAULT_ABSOLUTE_TOLERANCE,
            description = "Residual and layer errors that a refined step may have. Default: ${DEFAULT-VALUE}")
    double absoluteTolerance = MeasureSettings.DEFAULT_ABSOLUTE_TOLERANCE;

    @Option(
            names = "--relative-tolerance",
            paramLabel = "X",
            defaultValue = "" + MeasureSettings.DEFAULT_RELATIVE_TOLERANCE,
            description = "The same, relative to the larger of |loss change| and the layers' |LCA| added up; the two"
                    + " tolerances add up. Default: ${DEFAULT-VALUE}")
    double relativeTolerance = MeasureSettings.DEFAULT_RELATIVE_TOLERANCE;

    @Option(
            names = "--max-gradients-per-step",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Bounds what refinement may cost, all objectives together; 0: no bound. Default: ${DEFAULT-VALUE}")
    int maxGradients;

    @Option(names = "--float64", description = "Evaluate losses and gradients in float64; training stays in float32.")
    boolean float64;

    @Option(
            names = "--parts",
            description = "Split each update in gradient, momentum and weight decay, and book each part.")
    boolean parts;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that evaluate the objectives. Default: one for each processor")
    @Nullable
    Integer threads;

    @Option(
            names = "--evaluator",
            paramLabel = "NAME",
            defaultValue = "auto",
            converter = EvaluatorName.class,
            description =
                    "What evaluates: blas (fast, for networks of common layers), dl4j (any network), or auto, which is"
                            + " blas where it knows the network. Default: ${DEFAULT-VALUE}")
    EvaluatorChoice evaluator = EvaluatorChoice.AUTO;

    @Option(
            names = "--verify-evaluator",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Check gradients on a few examples at the start: DL4J's by finite differences, blas by DL4J's. Default: on")
    boolean verifyEvaluator = true;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "" + RecordSettings.DEFAULT_QUEUE_SEGMENTS,
            description = "Steps that may wait to be measured. Default: ${DEFAULT-VALUE}")
    int queue = RecordSettings.DEFAULT_QUEUE_SEGMENTS;

    @Option(
            names = "--when-behind",
            paramLabel = "DO",
            defaultValue = "wait",
            description = "What training does when so many wait: wait, or skip steps. Default: ${DEFAULT-VALUE}")
    WhenBehind whenBehind = WhenBehind.WAIT;

    @Option(
            names = "--kafka-patience",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long training waits for a Kafka that takes nothing, before steps are skipped."
                    + " Default: ${DEFAULT-VALUE}")
    int kafkaPatience = 15;

    MeasureSettings measure() {
        return new MeasureSettings(
                float64 ? ElementType.ELEMENT_TYPE_FLOAT64 : ElementType.ELEMENT_TYPE_FLOAT32,
                rule,
                maxSplits,
                absoluteTolerance,
                relativeTolerance,
                maxGradients);
    }

    RecordSettings recording(int firstStep) {
        return new RecordSettings(firstStep, every, queue, whenBehind);
    }

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    public PublisherSettings publishing(String topicPrefix, int chunkBytes, Map<String, Object> kafka) {
        return new PublisherSettings(topicPrefix, chunkBytes, Duration.ofSeconds(kafkaPatience), kafka);
    }

    private static final class EvaluatorName implements ITypeConverter<EvaluatorChoice> {
        @Override
        public EvaluatorChoice convert(String name) {
            return ConstantNames.find(EvaluatorChoice.values(), name);
        }
    }
}
