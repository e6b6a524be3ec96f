package io.lossledger.standalone.options;

import io.lossledger.lca.Balance;
import picocli.CommandLine.Option;

/** When books balance. */
@OptionGroup("Results")
public final class BalanceOptions {
    @Option(
            names = "--residual-tolerance",
            paramLabel = "SHARE",
            defaultValue = "" + Balance.DEFAULT_TOLERANCE,
            description =
                    "Largest residual with which books balance, as a share of what the loss or the layers moved. Default:"
                            + " ${DEFAULT-VALUE}")
    double residualTolerance = Balance.DEFAULT_TOLERANCE;

    /** @throws IllegalArgumentException when it is out of its range, naming it */
    public double tolerance() {
        return Balance.requireTolerance(residualTolerance);
    }
}
