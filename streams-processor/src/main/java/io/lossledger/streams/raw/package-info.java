/** Reads what producers have written of chosen runs, in the order in which it happened. */
@NullMarked
package io.lossledger.streams.raw;

import org.jspecify.annotations.NullMarked;
