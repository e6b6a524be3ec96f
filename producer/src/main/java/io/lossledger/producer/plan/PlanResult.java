package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan;

/** The result of {@link PlanCompiler}. */
public sealed interface PlanResult {
    record Planned(NetworkPlan plan) implements PlanResult {}

    /** @param reason the first obstacle, as a clause: {@code LSTM lstm1 is unknown} */
    record Refused(String reason) implements PlanResult {}
}
