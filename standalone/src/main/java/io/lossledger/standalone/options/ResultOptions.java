package io.lossledger.standalone.options;

import io.lossledger.protocol.RowFormat;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.windows.WindowSpec;
import picocli.CommandLine.Option;

/** What is booked beside steps, and how rows are written. */
public final class ResultOptions {
    @Option(
            names = "--window",
            paramLabel = "LIST",
            defaultValue = ResultSettings.DEFAULT_WINDOWS,
            description = {
                "How windows are cut: SIZE, or SIZE/HOP for hopping ones, in steps or in time (s, m, h), as in"
                        + " 100/25,5m/1m. Default: ${DEFAULT-VALUE}"
            })
    String window = ResultSettings.DEFAULT_WINDOWS;

    @Option(
            names = "--alert-steps",
            paramLabel = "N",
            defaultValue = "" + ResultSettings.DEFAULT_ALERT_STEPS,
            description = "Steps after which the alert rules look. Default: ${DEFAULT-VALUE}")
    int alertSteps;

    @Option(
            names = "--residual-tolerance",
            paramLabel = "SHARE",
            defaultValue = "" + ResultSettings.DEFAULT_RESIDUAL_TOLERANCE,
            description = "Residual without an alert, as a share of the loss change. Default: ${DEFAULT-VALUE}")
    double residualTolerance;

    @Option(
            names = "--moment-false-alarm-rate",
            paramLabel = "SHARE",
            defaultValue = "" + ResultSettings.DEFAULT_FALSE_ALARM_RATE,
            description = "Share of steps that may be called moments by chance. Default: ${DEFAULT-VALUE}")
    double momentFalseAlarmRate;

    @Option(
            names = "--max-pending-steps",
            paramLabel = "N",
            defaultValue = "" + ResultSettings.DEFAULT_MAX_PENDING_STEPS,
            description = "Steps of a run that may wait for chunks; then the first is given up. Default:"
                    + " ${DEFAULT-VALUE}")
    int maxPendingSteps;

    @Option(
            names = "--parameters",
            description = "Writes the LCA of every parameter too: as much data as the updates hold.")
    boolean parameters;

    @Option(
            names = "--results-format",
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "How rows are written: json or protobuf. Default: ${DEFAULT-VALUE}")
    String resultsFormat = "json";

    /** @throws IllegalArgumentException when a value is out of its range, naming it */
    public ResultSettings results() {
        return new ResultSettings(
                WindowSpec.parseList(window),
                alertSteps,
                residualTolerance,
                momentFalseAlarmRate,
                maxPendingSteps,
                parameters);
    }

    /** @throws IllegalArgumentException when the name is none, naming it */
    public RowFormat format() {
        return RowFormat.named(resultsFormat);
    }
}
