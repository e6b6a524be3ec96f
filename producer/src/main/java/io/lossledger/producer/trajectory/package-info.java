/**
 * Records the trajectory of a training instead of measuring it: sends the parameters before each step, in blocks that workers measure
 * elsewhere. Independent of any framework. Start reading at {@link io.lossledger.producer.trajectory.RecordedSegments}.
 */
@NullMarked
package io.lossledger.producer.trajectory;

import org.jspecify.annotations.NullMarked;
