/**
 * Turns a DL4J network into a plan that the BLAS evaluator can run, or says why it cannot. Start reading at {@link
 * io.lossledger.producer.plan.PlanCompiler}.
 */
@NullMarked
package io.lossledger.producer.plan;

import org.jspecify.annotations.NullMarked;
