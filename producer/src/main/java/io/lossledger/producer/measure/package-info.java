/**
 * Measures a segment of the training: evaluates gradients at the nodes of a quadrature rule and refines the rule until
 * the step is accurate enough. Independent of any framework. Start reading at {@link
 * io.lossledger.producer.measure.StepMeasurer}.
 */
@NullMarked
package io.lossledger.producer.measure;

import org.jspecify.annotations.NullMarked;
