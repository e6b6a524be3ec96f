/** Array loops, memory and threads of the BLAS evaluator. Independent of networks. */
@NullMarked
package io.lossledger.producer.blas.kernel;

import org.jspecify.annotations.NullMarked;
