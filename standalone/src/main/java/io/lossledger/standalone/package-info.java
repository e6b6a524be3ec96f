/** The {@code lossledger} command: an embedded broker and every role in one JVM. */
@NullMarked
package io.lossledger.standalone;

import org.jspecify.annotations.NullMarked;
