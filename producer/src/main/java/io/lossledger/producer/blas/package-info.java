/** Evaluates common networks by matrix products of the BLAS library that ND4J brings: losses and gradients, fast. */
@org.jspecify.annotations.NullMarked
package io.lossledger.producer.blas;
