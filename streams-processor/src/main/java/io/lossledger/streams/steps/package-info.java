/**
 * One step: merges the sums of its chunks into layers, units and the whole model. Start reading at {@link
 * io.lossledger.streams.steps.StepMerger}.
 */
@NullMarked
package io.lossledger.streams.steps;

import org.jspecify.annotations.NullMarked;
