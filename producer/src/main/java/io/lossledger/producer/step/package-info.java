/**
 * The values that describe one step: parameter vectors, their layout, gradients along the segment, facts. Uses only the contract.
 */
@NullMarked
package io.lossledger.producer.step;

import org.jspecify.annotations.NullMarked;
