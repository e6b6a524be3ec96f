package io.lossledger.producer.measure;

/** A loss whose changes are booked: over {@linkplain Objective fixed} or {@linkplain SampledObjective sampled} examples. */
public sealed interface LedgerObjective permits Objective, SampledObjective {
    /** Name in the ledger, such as {@code train}; unique in a run. */
    String name();

    /** Weight in a sum of objectives; 1 when it stands alone. */
    double weight();

    /** Examples in the set that the loss is the mean over; 0 when unknown. */
    int examples();
}
