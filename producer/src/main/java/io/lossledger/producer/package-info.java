/**
 * Records the steps of a training in any framework: measures the trained segments, then publishes them. Start reading
 * at {@link io.lossledger.producer.LedgerRecorder}.
 */
@NullMarked
package io.lossledger.producer;

import org.jspecify.annotations.NullMarked;
