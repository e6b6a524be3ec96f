/**
 * Evaluates losses and gradients of a DL4J network over a data set: chooses the evaluator, checks it, and shares the work between
 * threads. Start reading at {@link io.lossledger.producer.evaluate.EvaluationPool}.
 */
@NullMarked
package io.lossledger.producer.evaluate;

import org.jspecify.annotations.NullMarked;
