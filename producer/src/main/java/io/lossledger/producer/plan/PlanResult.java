package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan;

/** What {@link PlanCompiler} makes of a network. */
public sealed interface PlanResult {
    record Planned(NetworkPlan plan) implements PlanResult {}

    /** @param reason the first thing that stands in the way, as a clause: {@code LSTM lstm1 is unknown} */
    record Refused(String reason) implements PlanResult {}
}
