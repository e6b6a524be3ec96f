/** What commands print while they work, how they stop, and how they fail. */
@NullMarked
package io.lossledger.standalone.terminal;

import org.jspecify.annotations.NullMarked;
