package io.lossledger.standalone.commands;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.streams.allocate.ParameterRows;
import io.lossledger.trainer.Trainer;
import java.util.Locale;

/** Says what {@code --parameters} costs, before it does. Stateless. */
final class ParameterCost {
    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};
    private static final double THOUSAND = 1_000;
    private static final double MILLION = 1e6;
    private static final double FEW = 10;

    private ParameterCost() {}

    /** Of a run whose size is known. */
    static String of(Trainer.Extent run, boolean parts, String topicPrefix) {
        double bytes = (double) run.steps() * run.objectives() * run.parameters() * ParameterRows.BYTES_PER_PARAMETER;
        return String.format(
                Locale.ROOT,
                "--parameters: %,d steps x %d objective%s x %,d parameters x %d bytes = %s in %s%s",
                run.steps(),
                run.objectives(),
                run.objectives() == 1 ? "" : "s",
                run.parameters(),
                ParameterRows.BYTES_PER_PARAMETER,
                size(bytes),
                LedgerTopic.PARAMETER.named(topicPrefix),
                parts ? ", and as much again for each part of the update" : "");
    }

    /** Of a step of any run. */
    static String ofAStep(String topicPrefix) {
        return String.format(
                Locale.ROOT,
                "--parameters: a step takes %d bytes in %s for each parameter and objective: %s for a million parameters",
                ParameterRows.BYTES_PER_PARAMETER,
                LedgerTopic.PARAMETER.named(topicPrefix),
                size(MILLION * ParameterRows.BYTES_PER_PARAMETER));
    }

    private static String size(double bytes) {
        int unit = 0;
        double size = bytes;
        while (size >= THOUSAND && unit < UNITS.length - 1) {
            size /= THOUSAND;
            unit++;
        }
        return String.format(Locale.ROOT, unit > 0 && size < FEW ? "%.1f %s" : "%,.0f %s", size, UNITS[unit]);
    }
}
