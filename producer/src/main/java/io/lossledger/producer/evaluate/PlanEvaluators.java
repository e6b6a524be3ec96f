package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.protocol.v1.ElementType;

/** Makes evaluators that need no DL4J. */
interface PlanEvaluators {
    /**
     * @param threads threads that evaluate, at least 1
     * @param type precision of the evaluation
     * @throws LinkageError when the library that computes cannot be loaded
     */
    GradientEvaluator of(NetworkPlan plan, int threads, ElementType type);
}
