/** The commands below {@code lossledger runs}. */
@NullMarked
package io.lossledger.standalone.commands.runs;

import org.jspecify.annotations.NullMarked;
