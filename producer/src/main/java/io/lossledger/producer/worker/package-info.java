/**
 * Workers that measure recorded trajectories: they read the points of a run, evaluate its segments, and write the updates that
 * the processor books. Kafka shares out the work.
 */
@NullMarked
package io.lossledger.producer.worker;

import org.jspecify.annotations.NullMarked;
