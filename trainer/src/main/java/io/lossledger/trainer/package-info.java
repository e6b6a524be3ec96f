/**
 * The trainer behind {@code lossledger train} and {@code demo}: networks, optimizers and the training loop. Start reading at {@link
 * io.lossledger.trainer.Trainer}.
 */
@NullMarked
package io.lossledger.trainer;

import org.jspecify.annotations.NullMarked;
