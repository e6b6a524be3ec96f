package io.lossledger.streams.books;

import io.lossledger.lca.Balance;
import io.lossledger.streams.windows.WindowSpec;
import java.util.List;

/**
 * How steps are booked, and what is written in addition to the rows of every step. Processors that share an application
 * id must agree on it. Immutable.
 *
 * @param windows how windows are cut; may be empty
 * @param alertSteps steps after which most alert rules are evaluated, at least 1
 * @param residualTolerance share of what moved up to which books balance, see {@link Balance}; above 0
 * @param falseAlarmRate share of steps that may be reported as moments when layers are independent; above 0, at most 1
 * @param maxPendingSteps steps of a run that may wait for chunks at a time, at least 1; beyond it the first is given up
 * @param parameters whether the LCA of every parameter is written
 */
public record ResultSettings(
        List<WindowSpec> windows,
        int alertSteps,
        double residualTolerance,
        double falseAlarmRate,
        int maxPendingSteps,
        boolean parameters) {

    public static final String DEFAULT_WINDOWS = "100,1m";
    public static final int DEFAULT_ALERT_STEPS = 10;
    public static final double DEFAULT_FALSE_ALARM_RATE = 0.01;
    public static final int DEFAULT_MAX_PENDING_STEPS = 1_000_000;
    public static final ResultSettings DEFAULT = new ResultSettings(
            WindowSpec.parseList(DEFAULT_WINDOWS),
            DEFAULT_ALERT_STEPS,
            Balance.DEFAULT_TOLERANCE,
            DEFAULT_FALSE_ALARM_RATE,
            DEFAULT_MAX_PENDING_STEPS,
            false);

    /** @throws IllegalArgumentException when a value is out of range; the message names it */
    public ResultSettings {
        windows = List.copyOf(windows);
        if (alertSteps < 1) {
            throw new IllegalArgumentException("alert.steps: must be at least 1. Found: " + alertSteps);
        }
        if (maxPendingSteps < 1) {
            throw new IllegalArgumentException("max.pending.steps: must be at least 1. Found: " + maxPendingSteps);
        }
        Balance.requireTolerance(residualTolerance);
        if (!(falseAlarmRate > 0 && falseAlarmRate <= 1)) {
            throw new IllegalArgumentException(
                    "moment.false.alarm.rate: must be above 0 and at most 1. Found: " + falseAlarmRate);
        }
    }
}
