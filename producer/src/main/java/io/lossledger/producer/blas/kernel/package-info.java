/** Loops over arrays, memory and threads of the BLAS evaluator. Knows nothing of networks. */
@NullMarked
package io.lossledger.producer.blas.kernel;

import org.jspecify.annotations.NullMarked;
