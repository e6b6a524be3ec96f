package io.lossledger.producer.measure;

/** A loss whose changes are booked: over {@linkplain Objective fixed} or {@linkplain SampledObjective sampled} examples. */
public sealed interface LedgerObjective permits Objective, SampledObjective {
    /** The name in the ledger, such as {@code train}; unique in a run. */
    String name();

    /** The weight in a sum of objectives; 1 for a single objective. */
    double weight();

    /** The number of examples that the loss is the mean over; 0 when unknown. */
    int examples();
}
