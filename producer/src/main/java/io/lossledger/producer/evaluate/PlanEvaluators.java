package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.protocol.v1.ElementType;

/** Creates evaluators that do not need DL4J. */
interface PlanEvaluators {
    /**
     * @param threads threads that evaluate, at least 1
     * @param type precision of the evaluation
     * @throws LinkageError when the native library cannot be loaded
     */
    GradientEvaluator of(NetworkPlan plan, int threads, ElementType type);
}
