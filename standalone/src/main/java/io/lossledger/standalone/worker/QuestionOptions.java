package io.lossledger.standalone.worker;

import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.standalone.options.OptionGroup;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.RecordedTraining.Question;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is asked of a recorded trajectory in addition to what its run declares. */
@OptionGroup("Asking something else")
final class QuestionOptions {
    @Option(
            names = "--as",
            paramLabel = "RUN",
            description =
                    "Books what is measured as this new run, whose parent is the recorded one. The other options here need"
                            + " it, or --checkpoints.")
    @Nullable
    String as;

    @Option(
            names = "--objective",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Losses to measure: train, validation, class=K or classes. Default: those of the recorded run")
    @Nullable
    List<String> objectives;

    @Option(
            names = "--rule",
            paramLabel = "NAME",
            description = "Quadrature rule: rk4 or first-order. Default: that of the recorded run")
    MeasureSettings.@Nullable Rule rule;

    @Option(
            names = "--max-splits",
            paramLabel = "N",
            description = "Refines inaccurate steps, up to N splits: 4, 8, 16 or 32; 2 does not refine."
                    + " Default: as in the recorded run")
    @Nullable
    Integer maxSplits;

    @Option(
            names = "--absolute-tolerance",
            paramLabel = "X",
            description = "Error at which refinement stops. Default: as in the recorded run")
    @Nullable
    Double absoluteTolerance;

    @Option(
            names = "--relative-tolerance",
            paramLabel = "X",
            description = "Relative error, added to the absolute tolerance. Default: as in the recorded run")
    @Nullable
    Double relativeTolerance;

    @Option(
            names = "--float64",
            description = "Evaluates losses and gradients in float64. Default: as in the recorded run")
    boolean float64;

    /**
     * What is asked; empty when the run is measured as it declares.
     *
     * @throws UserException when an option needs {@code --as}
     */
    Optional<Question> question() {
        if (as == null) {
            refuseWithoutAs("--objective", objectives != null);
            refuseWithoutAs("--rule", rule != null);
            refuseWithoutAs("--max-splits", maxSplits != null);
            refuseWithoutAs("--absolute-tolerance", absoluteTolerance != null);
            refuseWithoutAs("--relative-tolerance", relativeTolerance != null);
            refuseWithoutAs("--float64", float64);
            return Optional.empty();
        }
        return Optional.of(new Question(as, Optional.ofNullable(objectives).map(ObjectiveChoice::new), this::change));
    }

    /** The objectives of saved networks, which declare none themselves. */
    ObjectiveChoice objectives() {
        return new ObjectiveChoice(objectives == null ? List.of(ObjectiveChoice.TRAIN) : objectives);
    }

    private static void refuseWithoutAs(String option, boolean given) {
        if (given) {
            throw new UserException(option + ": must be used with --as RUN, because a recorded run is measured as it"
                    + " declares (or with --checkpoints). Found: no --as");
        }
    }

    /** How it is measured, when it would otherwise be measured like this. */
    MeasureSettings change(MeasureSettings recorded) {
        return new MeasureSettings(
                float64 ? ElementType.ELEMENT_TYPE_FLOAT64 : recorded.type(),
                rule == null ? recorded.rule() : rule,
                maxSplits == null ? recorded.maxSplits() : maxSplits,
                absoluteTolerance == null ? recorded.absoluteTolerance() : absoluteTolerance,
                relativeTolerance == null ? recorded.relativeTolerance() : relativeTolerance,
                recorded.maxGradients());
    }
}
