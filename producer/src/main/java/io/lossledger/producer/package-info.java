/**
 * Records the steps of a training, whatever the framework: what is trained is measured, then published. Start reading at {@link
 * io.lossledger.producer.LedgerRecorder}.
 */
@NullMarked
package io.lossledger.producer;

import org.jspecify.annotations.NullMarked;
