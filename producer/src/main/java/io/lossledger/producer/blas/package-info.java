/**
 * Evaluates losses and gradients of common networks fast, with matrix products of the BLAS library that ND4J includes.
 */
@org.jspecify.annotations.NullMarked
package io.lossledger.producer.blas;
