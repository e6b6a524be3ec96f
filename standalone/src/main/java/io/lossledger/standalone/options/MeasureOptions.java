package io.lossledger.standalone.options;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.ObjectiveChoice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which losses of a training are measured, how accurately, and at what cost. */
@OptionGroup("Measuring")
public final class MeasureOptions {
    /** By default, a broker that says nothing for nine seconds is replaced. */
    private static final int FAILOVER_SECONDS = 12;

    @Option(
            names = "--objective",
            paramLabel = "NAME",
            split = ",",
            defaultValue = ObjectiveChoice.TRAIN,
            description =
                    "Losses to measure: train, validation, sampled, class=K or classes. Default: ${DEFAULT-VALUE}")
    List<String> objectives = List.of(ObjectiveChoice.TRAIN);

    @Option(
            names = "--objective-size",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Measures the train loss on a stratified sample of N images. 0 means all images. Default: ${DEFAULT-VALUE}")
    int objectiveSize;

    @Option(
            names = "--sample-size",
            paramLabel = "N",
            defaultValue = "250",
            description =
                    "Images that the objective 'sampled' draws for each step; an even number. Default: ${DEFAULT-VALUE}")
    int sampleSize = 250;

    @Option(
            names = "--chunk-examples",
            paramLabel = "N",
            description = "Images that are evaluated together. With batch norm, they share their statistics, so a"
                    + " different number gives a different loss. Default: 500, or 250 for cifar-*")
    @Nullable
    Integer chunkExamples;

    @Option(
            names = "--every",
            paramLabel = "K",
            defaultValue = "1",
            description =
                    "Measures the chord over K steps instead of every step. Chords end at multiples of K, counted from the"
                            + " first step. Default: ${DEFAULT-VALUE}")
    int every = 1;

    @Option(
            names = "--rule",
            paramLabel = "NAME",
            defaultValue = "rk4",
            description = "Quadrature rule: rk4, or first-order for comparison. Default: ${DEFAULT-VALUE}")
    MeasureSettings.Rule rule = MeasureSettings.Rule.RK4;

    @Option(
            names = "--max-splits",
            paramLabel = "N",
            defaultValue = "2",
            description = "Refines inaccurate steps, up to N splits: 4, 8, 16 or 32."
                    + " Default: ${DEFAULT-VALUE}, one RK4 step")
    int maxSplits = 2;

    @Option(
            names = "--absolute-tolerance",
            paramLabel = "X",
            defaultValue = "" + MeasureSettings.DEFAULT_ABSOLUTE_TOLERANCE,
            description =
                    "Error at which refinement stops. It applies to the residual and to each layer's estimate. Default: ${DEFAULT-VALUE}")
    double absoluteTolerance = MeasureSettings.DEFAULT_ABSOLUTE_TOLERANCE;

    @Option(
            names = "--relative-tolerance",
            paramLabel = "X",
            defaultValue = "" + MeasureSettings.DEFAULT_RELATIVE_TOLERANCE,
            description = "Error relative to the larger of |loss change| and the sum of the layers' |LCA|. It is added"
                    + " to the absolute tolerance. Default: ${DEFAULT-VALUE}")
    double relativeTolerance = MeasureSettings.DEFAULT_RELATIVE_TOLERANCE;

    @Option(
            names = "--max-gradients-per-step",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Most gradients that refinement may compute in one step, for all objectives together. 0 means no limit. Default: ${DEFAULT-VALUE}")
    int maxGradients;

    @Option(names = "--float64", description = "Evaluates losses and gradients in float64. Training stays in float32.")
    boolean float64;

    @Option(
            names = "--parts",
            description = "Splits each update into gradient, momentum and weight decay, and books each part.")
    boolean parts;

    @Option(
            names = "--form",
            paramLabel = "NAME",
            defaultValue = "vectors",
            description =
                    "What is sent: vectors, the update and gradients of every parameter; or sums by layer and unit, a"
                            + " few kilobytes a step, which a replay cannot allocate again. Default: ${DEFAULT-VALUE}")
    UpdateForm form = UpdateForm.VECTORS;

    @Mixin
    EvaluatorOptions evaluating = new EvaluatorOptions();

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "" + RecordSettings.DEFAULT_QUEUE_SEGMENTS,
            description = "Number of steps that may wait to be measured. Default: ${DEFAULT-VALUE}")
    int queue = RecordSettings.DEFAULT_QUEUE_SEGMENTS;

    @Option(
            names = "--when-behind",
            paramLabel = "DO",
            defaultValue = "wait",
            description = "What training does when the queue is full: wait, or skip steps. Default: ${DEFAULT-VALUE}")
    WhenBehind whenBehind = WhenBehind.WAIT;

    @Option(
            names = "--kafka-patience",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "Seconds that training waits when Kafka is unavailable, before it skips steps."
                    + " Default: ${DEFAULT-VALUE}")
    int kafkaPatience = 15;

    /** One line if steps would be skipped whenever a broker of a cluster fails. */
    public Optional<String> patienceWarning() {
        return kafkaPatience < FAILOVER_SECONDS
                ? Optional.of("--kafka-patience: should be at least " + FAILOVER_SECONDS
                        + " s, the time in which a cluster replaces a broker that fails; steps are skipped after it. Found: "
                        + kafkaPatience)
                : Optional.empty();
    }

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

    /** @throws UserException when sums are sent, which hold no single parameters */
    public void requireVectors(String option) {
        if (form == UpdateForm.SUMS) {
            throw new UserException(
                    option + ": must be used with --form vectors, because sums hold no single parameters."
                            + " Found: --form sums");
        }
    }

    /** @throws UserException when the form of updates is chosen here, although workers form them */
    public void requireNoForm() {
        if (form == UpdateForm.SUMS) {
            throw new UserException(
                    "--form: must be vectors with --record, because workers form the updates. Found: sums");
        }
    }

    public PublisherSettings publishing(String topicPrefix, int chunkBytes, Map<String, Object> kafka) {
        return new PublisherSettings(topicPrefix, chunkBytes, Duration.ofSeconds(kafkaPatience), kafka, form);
    }
}
