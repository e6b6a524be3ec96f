/** Processes the records of chosen runs again, with other settings and as fast as possible. */
@NullMarked
package io.lossledger.streams.replay;

import org.jspecify.annotations.NullMarked;
