/** The Kafka Streams application: allocate every chunk, balance every step, keep the books of every run. */
@NullMarked
package io.lossledger.streams;

import org.jspecify.annotations.NullMarked;
