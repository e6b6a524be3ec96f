/** Benchmarks of measuring: accuracy, cost, sampling, and the evaluation of gradients. */
@NullMarked
package io.lossledger.trainer.bench;

import org.jspecify.annotations.NullMarked;
