/** Measures the training of a DL4J network. */
@NullMarked
package io.lossledger.producer.dl4j;

import org.jspecify.annotations.NullMarked;
