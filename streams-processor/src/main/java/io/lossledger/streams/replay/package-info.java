/** Processes what producers have written of chosen runs again, with other settings, as fast as it can. */
@NullMarked
package io.lossledger.streams.replay;

import org.jspecify.annotations.NullMarked;
