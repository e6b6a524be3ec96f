package io.lossledger.standalone.options;

import io.lossledger.protocol.RowFormat;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.windows.WindowSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is booked in addition to steps, and how rows are written. */
@OptionGroup("Results")
public final class ResultOptions {
    @Option(
            names = "--window",
            paramLabel = "LIST",
            defaultValue = ResultSettings.DEFAULT_WINDOWS,
            description = {
                "Windows: SIZE, or SIZE/HOP for hopping windows, in steps or in time (s, m, h), such as"
                        + " 100/25,5m/1m. Default: ${DEFAULT-VALUE}"
            })
    String window = ResultSettings.DEFAULT_WINDOWS;

    @Option(
            names = "--alert-steps",
            paramLabel = "N",
            defaultValue = "" + ResultSettings.DEFAULT_ALERT_STEPS,
            description = "Number of steps that the alert rules judge together. Default: ${DEFAULT-VALUE}")
    int alertSteps;

    @Mixin
    BalanceOptions balance = new BalanceOptions();

    @Option(
            names = "--moment-false-alarm-rate",
            paramLabel = "SHARE",
            defaultValue = "" + ResultSettings.DEFAULT_FALSE_ALARM_RATE,
            description = "Largest probability that a reported moment is due to chance. Default: ${DEFAULT-VALUE}")
    double momentFalseAlarmRate;

    @Option(
            names = "--max-pending-steps",
            paramLabel = "N",
            defaultValue = "" + ResultSettings.DEFAULT_MAX_PENDING_STEPS,
            description =
                    "Steps of a run that may wait for missing chunks. Beyond that, the oldest counts as missing. Default:"
                            + " ${DEFAULT-VALUE}")
    int maxPendingSteps;

    @Option(
            names = "--parameters",
            description = "Also writes the LCA of every parameter: 8 bytes for each parameter, objective and step.")
    boolean parameters;

    @Option(
            names = "--results-format",
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "Format of the rows: json or protobuf; those of parameters are always protobuf. Default:"
                    + " ${DEFAULT-VALUE}")
    String resultsFormat = "json";

    /** @throws IllegalArgumentException when a value is out of its range, naming it */
    public ResultSettings results() {
        return new ResultSettings(
                WindowSpec.parseList(window),
                alertSteps,
                balance.tolerance(),
                momentFalseAlarmRate,
                maxPendingSteps,
                parameters);
    }

    /** @throws IllegalArgumentException when the name is none, naming it */
    public RowFormat format() {
        return RowFormat.named(resultsFormat);
    }
}
