/** Reads the records that producers have written of chosen runs, in the order of their timestamps. */
@NullMarked
package io.lossledger.streams.raw;

import org.jspecify.annotations.NullMarked;
