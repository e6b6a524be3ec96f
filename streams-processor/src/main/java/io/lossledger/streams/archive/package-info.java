/** A run in a file: what producers have written of it, out of one Kafka and into another. */
@NullMarked
package io.lossledger.streams.archive;

import org.jspecify.annotations.NullMarked;
