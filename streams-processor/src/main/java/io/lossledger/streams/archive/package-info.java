/** A run in a file: exports what producers have written of it from one Kafka, and imports it into another. */
@NullMarked
package io.lossledger.streams.archive;

import org.jspecify.annotations.NullMarked;
