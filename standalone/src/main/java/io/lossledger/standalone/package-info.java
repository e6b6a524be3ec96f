/** The {@code lossledger} command. Start reading at {@link io.lossledger.standalone.Main}. */
@NullMarked
package io.lossledger.standalone;

import org.jspecify.annotations.NullMarked;
